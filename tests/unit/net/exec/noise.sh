#!/bin/sh
# Writes much to stderr before and while it answers.
read -r hello
head -c 300000 /dev/zero | tr '\0' 'e' >&2
echo '{"ready":1,"name":"noise","abilities":[]}'
read -r call
head -c 300000 /dev/zero | tr '\0' 'f' >&2
echo "the end" >&2
echo '{"id":"1","outcome":"pending"}'
read -r more
