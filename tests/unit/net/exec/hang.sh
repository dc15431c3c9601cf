#!/bin/sh
# Gets ready, takes a call and never answers; its child must go with it.
read -r hello
sleep 1000 &
printf '{"ready":1,"name":"hang","abilities":["%s"]}\n' "$!"
read -r call
sleep 1000
