#!/bin/sh
# Answers with a line of 3 MB.
read -r hello
echo '{"ready":1,"name":"huge","abilities":[]}'
read -r call
printf '{"id":"1","outcome":"done","data":"'
head -c 3000000 /dev/zero | tr '\0' 'x'
printf '"}\n'
sleep 1000
