#!/bin/sh
# A well-behaved extension: answers every call; "who" tells what it may see of the outside.
read -r hello
echo '{"ready":1,"name":"good","abilities":["create","suspend"]}'
echo "started" >&2
while read -r line; do
	id=$(printf '%s' "$line" | sed 's/.*"id": *"\([0-9]*\)".*/\1/')
	case $line in
	*'"call":"who"'*)
		fds=$(ls /proc/$$/fd | tr '\n' ' ')
		env=$(tr '\0' ' ' < /proc/$$/environ | tr -d '"\\')
		printf '{"id":"%s","outcome":"done","data":{"uid":"%s","fds":"%s","files":"%s","core":"%s","cwd":"%s","env":"%s"}}\n' \
			"$id" "$(id -u)" "$fds" "$(ulimit -n)" "$(ulimit -c)" "$(pwd)" "$env" ;;
	*'"call":"refuse"'*)
		printf '{"id":"%s","outcome":"declined","reason":"no such package"}\n' "$id" ;;
	*)
		printf '{"id":"%s","outcome":"done","data":{"length":%s}}\n' "$id" "${#line}" ;;
	esac
done
