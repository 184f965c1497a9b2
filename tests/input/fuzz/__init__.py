"""The fuzzer: every form and field, every payload, as four people; and what no answer may ever do."""
