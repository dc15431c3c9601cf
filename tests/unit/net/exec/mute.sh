#!/bin/sh
# Never gets ready.
echo "cannot find my license" >&2
sleep 1000
