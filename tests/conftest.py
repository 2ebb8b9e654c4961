"""Options of the whole suite: `--fuzz FACTOR` runs every property test on that many times the cases."""

import pytest
from hypothesis import HealthCheck, settings

# A shared machine is slow now and then: a case's time says nothing. Failures print how to repeat them.
settings.register_profile("zkm", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("zkm")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fuzz", type=int, default=1, metavar="FACTOR", help="more cases per property test")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    factor = config.getoption("--fuzz")
    if factor == 1:
        return
    fuzzed = set()
    for item in items:
        function = getattr(item, "function", None)
        if not getattr(function, "is_hypothesis_test", False):
            item.add_marker(pytest.mark.skip(reason="no property test"))
        elif function not in fuzzed:
            fuzzed.add(function)
            chosen = function._hypothesis_internal_use_settings
            more = settings(chosen, max_examples=factor * chosen.max_examples)
            function._hypothesis_internal_use_settings = more
