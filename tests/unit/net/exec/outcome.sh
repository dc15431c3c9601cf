#!/bin/sh
# Answers with an outcome that does not exist.
read -r hello
echo '{"ready":1,"name":"outcome","abilities":[]}'
while read -r call; do
	echo '{"id":"1","outcome":"great"}'
done
