#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The sample panel exec/linux-host against a real nginx, and as root with real users and a real sshd.
cd "$(dirname "$0")/../.." || exit 1
exec /usr/bin/python3 tests/tap.py tests/link/test_linux_host.py
