#!/bin/sh
# Ends between getting ready and the first call.
read -r hello
echo '{"ready":1,"name":"early","abilities":[]}'
