//! Google's official clients are the judges of the sandbox; the tests of this package start them.
