#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The smallest honest panel: speaks the protocol of docs/exec.md, makes nothing, but remembers in a
# folder what it was told, so that a repeated call does nothing twice. Start your own from here.
# Check it with: billhook exec-check exec/sample-panel.sh
set -eu
umask 077

# The text of a JSON member made of the given characters; empty when it is absent or has others.
word() { printf '%s\n' "$line" | sed -n "s/.*\"$1\" *: *\"\\([A-Za-z0-9$2][A-Za-z0-9._$2-]*\\)\".*/\\1/p"; }
answer() { printf '{"id":"%s","outcome":"%s",%s}\n' "$id" "$1" "$2"; }
refuse() { answer declined "\"reason\":\"$1\""; }

read -r line # hello, with the settings
dir=${PANEL_STATE:-/tmp/billhook-sample-panel.$(id -u)} # settings: {"env":{"PANEL_STATE":"/var/lib/panel"}}
mkdir -p "$dir"
echo '{"ready":1,"name":"sample","abilities":["password"]}'

while read -r line; do
	id=$(word id '') call=$(word call _) key=$(word key '')
	[ -n "$id" ] || continue # a report, or no message at all: no answer is expected
	[ -n "$key" ] || { refuse bad_key; continue; }
	state=$(cat "$dir/$key" 2>/dev/null || echo absent)
	new=$state
	case $call,$state in
	find,*) answer "done" "\"data\":{\"state\":\"$state\"}"; continue ;;
	create,absent)
		for name in domain username password; do [ -n "$(word $name '!@%+=_')" ] || new=; done
		[ -n "$new" ] || { refuse bad_name; continue; }
		new=active ;;
	unsuspend,suspended) new=active ;;
	suspend,active) new=suspended ;;
	terminate,*) rm -f "$dir/$key"; answer "done" '"data":{}'; continue ;;
	create,* | suspend,suspended | unsuspend,active | password,active | password,suspended) ;;
	*) refuse "$call is not possible: $state"; continue ;;
	esac
	echo "$new" >"$dir/$key.new" && mv "$dir/$key.new" "$dir/$key" # whole or not at all
	answer "done" '"data":{}'
done
