#!/bin/sh
# Answers a call nobody made.
read -r hello
echo '{"ready":1,"name":"wrongid","abilities":[]}'
while read -r call; do
	echo '{"id":"99","outcome":"done"}'
done
