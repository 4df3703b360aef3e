"""Garbage is not collected while a snapshot is gathered."""

import gc

import pytest

from cloudpack_baseline._pytest.garbage import seldom_collected, without_collection


@pytest.mark.parametrize("enabled", [True, False])
def test_the_collector_is_as_before_and_leaves_what_was_loaded_alone(enabled):
    before = gc.isenabled()
    frozen = gc.get_freeze_count()
    try:
        (gc.enable if enabled else gc.disable)()
        with without_collection():
            assert not gc.isenabled()
        assert gc.isenabled() is enabled
        assert gc.get_freeze_count() > frozen
    finally:
        gc.unfreeze()
        (gc.enable if before else gc.disable)()


def test_seldom_collected_leaves_what_was_there_and_restores_the_thresholds():
    thresholds, frozen = gc.get_threshold(), gc.get_freeze_count()
    try:
        gc.set_threshold(700, 10, 10)  # Python's; the tests run under higher ones
        with seldom_collected():
            assert gc.get_threshold()[0] > 700
            assert gc.get_freeze_count() > frozen
        assert gc.get_threshold() == (700, 10, 10)
    finally:
        gc.unfreeze()
        gc.set_threshold(*thresholds)
