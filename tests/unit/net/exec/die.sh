#!/bin/sh
# Ends in the middle of a call.
read -r hello
echo '{"ready":1,"name":"die","abilities":[]}'
read -r call
echo "disk full" >&2
exit 3
