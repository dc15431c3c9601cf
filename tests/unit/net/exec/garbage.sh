#!/bin/sh
# Answers, but not in JSON.
read -r hello
echo '{"ready":1,"name":"garbage","abilities":[]}'
while read -r call; do
	echo 'PHP Warning: something { "id":'
done
