#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a unittest file and prints one line per test, as ./dev test counts them: tests/tap.py FILE"""

import importlib.util
import sys
import traceback
import unittest


class Tap(unittest.TestResult):
    def name(self, test):
        return test.id().split(".", 1)[-1]

    def addSuccess(self, test):
        print("ok " + self.name(test), flush=True)

    def addSkip(self, test, reason):
        print("ok %s # SKIP %s" % (self.name(test), reason), flush=True)

    def fail(self, test, error):
        print("not ok %s - %s" % (self.name(test), str(error[1]).split("\n", 1)[0][:200]), flush=True)
        traceback.print_exception(*error)
        self.failed = True

    addFailure = addError = fail

    def addSubTest(self, test, subtest, error):
        if error is not None:
            self.fail(subtest, error)


def main():
    sys.dont_write_bytecode = True
    spec = importlib.util.spec_from_file_location("tests", sys.argv[1])
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    result = Tap()
    result.failed = False
    unittest.defaultTestLoader.loadTestsFromModule(module).run(result)
    sys.exit(result.failed or result.testsRun == 0)


if __name__ == "__main__":
    main()
