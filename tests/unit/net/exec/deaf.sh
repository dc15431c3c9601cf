#!/bin/sh
# Never reads after hello, so that a long call does not fit into the pipe.
read -r hello
echo '{"ready":1,"name":"deaf","abilities":[]}'
sleep 1000
