# SPDX-License-Identifier: MIT
"""Whatever is on the flash and wherever a boot or a deploy is cut: the app or safe mode, and never a loop."""

import boot_sweep
import pytest

exhaustive = pytest.mark.exhaustive


@pytest.mark.parametrize("count", [3000, pytest.param(boot_sweep.FILES, marks=exhaustive)])
@pytest.mark.parametrize("bits", [32, 64])
def test_no_settings_file_upsets_the_loader(request, tmp_path, bits, count):
    outcome = boot_sweep.loader(request.getfixturevalue(f"vm{bits}"), count, tmp_path)
    assert outcome.wrong == []
    assert outcome.counts["accepted"] > count * 0.1 and outcome.counts["refused"] > count * 0.3


@pytest.mark.parametrize("count", [20, pytest.param(boot_sweep.BOOTS, marks=exhaustive)])
def test_a_board_with_any_files_starts_its_app_at_once(vm64, tmp_path, count):
    outcome = boot_sweep.fuzzed_boots(count, tmp_path)
    assert outcome.wrong == []
    assert outcome.counts == {"app after 1": count}


def test_broken_firmware_ends_in_safe_mode_and_stays_there(vm64, tmp_path):
    outcome = boot_sweep.broken(tmp_path)
    assert outcome.wrong == []
    assert outcome.counts["safe after 4"] >= 9, "the app failed three times before"


@pytest.mark.parametrize("stride", [40, pytest.param(1, marks=exhaustive)])
def test_a_boot_that_is_cut_anywhere_loses_nothing(vm64, tmp_path, stride):
    outcome = boot_sweep.cut_boots(stride, tmp_path)
    assert outcome.wrong == []
    assert outcome.counts["cuts"] * stride > 300
    assert outcome.counts["old logs"] and outcome.counts["new logs"]


@pytest.mark.parametrize("stride", [8, pytest.param(1, marks=exhaustive)])
def test_a_half_deploy_boots_the_old_app(vm64, tmp_path, stride):
    outcome = boot_sweep.half_deploys(stride, tmp_path)
    assert outcome.wrong == []
    assert sum(outcome.counts.values()) >= 8


@pytest.mark.parametrize("stride", [400, pytest.param(10, marks=exhaustive)])
def test_a_power_cut_while_a_deploy_is_unpacked_leaves_the_old_app(vm64, tmp_path, stride):
    outcome = boot_sweep.cut_unpacking(stride, tmp_path)
    assert outcome.wrong == []
    assert sum(outcome.counts.values()) >= 20
