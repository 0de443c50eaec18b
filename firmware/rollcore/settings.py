# SPDX-License-Identifier: MIT
"""The settings of the roller: one table that the firmware, the command line and the documentation read.

JSON speaks newtons and words; the engine gets integers (`over_limit_n` becomes `over_limit_mn`, a choice its index).
"""

# name, unit, default, lowest, highest; a row with choices has the tuple of choices as "lowest" and None above. What
# they are for is in `rollcore.fields.SETTING_HELP`.
SCHEMA = (
    ("over_limit_n", "N", 10.0, 0.5, 45.0),
    ("over_hysteresis_n", "N", 0.5, 0.05, 5.0),
    ("over_hold_ms", "ms", 100, 0, 1000),
    ("ceiling_n", "N", 25.0, 1.0, 95.0),
    ("band_low_n", "N", 1.0, 0.1, 40.0),
    ("band_firm_n", "N", 7.0, 0.2, 45.0),
    ("imu_to_head_mm", "mm", 100, 0, 300),
    ("head_mass_g", "g", 150, 0, 500),
    ("rate_hz", "Hz", 208, 50, 416),
    ("force_sensor", "", "loadcell", ("loadcell", "fsr"), None),
    ("trace", "", "off", ("off", "compact", "full"), None),
    ("cue_level", "%", 80, 10, 100),
    ("cues", "", "on", ("on", "off"), None),
    ("cue_s_per_min", "s", 30, 1, 60),
    ("cue_s_per_session", "s", 600, 10, 36000),
    ("session_gap_s", "s", 60, 5, 600),
    ("sleep_s", "s", 120, 30, 36000),
)
_NAMES = tuple(row[0] for row in SCHEMA)


def _distance(a, b):
    """Return the number of edits that turn `a` into `b`."""
    row = list(range(len(b) + 1))
    for i in range(len(a)):
        previous = row
        row = [i + 1]
        for j in range(len(b)):
            row.append(min(row[j] + 1, previous[j + 1] + 1, previous[j] + (a[i] != b[j])))
    return row[-1]


def _refuse_unknown(name):
    if not isinstance(name, str):
        raise ValueError("a setting's name is %r: names are texts such as over_limit_n" % (name,))
    near = min(_NAMES, key=lambda known: _distance(name[:40], known))
    raise ValueError("unknown setting %r: did you mean %s?" % (name[:40], near))


def _checked(row, value):
    """Return `value` as the schema row wants it, or raise ValueError."""
    name, unit, default, low, high = row
    if high is None:
        if value not in low:
            raise ValueError("%s is %r: choose one of %s" % (name, value, ", ".join(low)))
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError("%s is %r: give a number of %s" % (name, value, unit))
    if not low <= value <= high:  # also refuses NaN
        raise ValueError("%s is %s: give %s to %s %s" % (name, value, low, high, unit))
    if isinstance(default, int):
        if value != int(value):
            raise ValueError("%s is %s: give a whole number of %s" % (name, value, unit))
        return int(value)
    return float(value)


def _defaults(force_sensor):
    values: dict = {row[0]: row[2] for row in SCHEMA}
    values["force_sensor"] = force_sensor
    return values


def _filled(given, base):
    """Return `base` with what is given; limits that were not given follow the ones that were."""
    values = dict(base)
    values.update(given)
    limit = values["over_limit_n"]
    if "ceiling_n" not in given:
        values["ceiling_n"] = max(values["ceiling_n"], 2 * limit)
    if "band_low_n" not in given:
        values["band_low_n"] = max(0.1, min(values["band_low_n"], limit / 2))
    if "band_firm_n" not in given:
        values["band_firm_n"] = max(values["band_low_n"], min(values["band_firm_n"], 0.7 * limit))
    if "over_hysteresis_n" not in given:
        values["over_hysteresis_n"] = min(values["over_hysteresis_n"], limit / 2)
    return values


def _check_together(values):
    """Raise ValueError where two settings contradict each other."""
    limit = values["over_limit_n"]
    if values["ceiling_n"] < 2 * limit:
        raise ValueError(
            "ceiling_n %s is below twice over_limit_n: give at least %s" % (values["ceiling_n"], 2 * limit)
        )
    if values["band_low_n"] >= limit:
        raise ValueError("band_low_n %s is not below over_limit_n: give less than %s" % (values["band_low_n"], limit))
    if not values["band_low_n"] <= values["band_firm_n"] <= limit:
        raise ValueError("band_firm_n: give band_low_n to over_limit_n, %s to %s" % (values["band_low_n"], limit))
    if values["over_hysteresis_n"] >= limit:
        raise ValueError(
            "over_hysteresis_n %s is not below over_limit_n: give less than %s" % (values["over_hysteresis_n"], limit)
        )


class Settings:
    """The settings as the engine uses them: integers in mN, ms, mm, g, Hz, %, s and indexes of choices."""

    def __init__(self, given=None, force_sensor="loadcell", base=None):
        values = _filled(given or {}, base or _defaults(force_sensor))
        _check_together(values)
        self._values = values
        self.over_limit_mn = int(values["over_limit_n"] * 1000 + 0.5)
        self.over_hysteresis_mn = int(values["over_hysteresis_n"] * 1000 + 0.5)
        self.over_hold_ms = values["over_hold_ms"]
        self.ceiling_mn = int(values["ceiling_n"] * 1000 + 0.5)
        self.band_low_mn = int(values["band_low_n"] * 1000 + 0.5)
        self.band_firm_mn = int(values["band_firm_n"] * 1000 + 0.5)
        self.imu_to_head_mm = values["imu_to_head_mm"]
        self.head_mass_g = values["head_mass_g"]
        self.rate_hz = values["rate_hz"]
        self.force_sensor = ("loadcell", "fsr").index(values["force_sensor"])
        self.trace = ("off", "compact", "full").index(values["trace"])
        self.cue_level = values["cue_level"]
        self.cues = ("on", "off").index(values["cues"])
        self.cue_s_per_min = values["cue_s_per_min"]
        self.cue_s_per_session = values["cue_s_per_session"]
        self.session_gap_s = values["session_gap_s"]
        self.sleep_s = values["sleep_s"]
        self.force_as_is = False  # set by a replay whose force was never measured: no head weight, no tare

    @classmethod
    def from_dict(cls, given, force_sensor="loadcell", base=None):
        """Return Settings from a parsed JSON object; `force_sensor` is the board's own kind.

        `base` (as `to_dict` gives it) stands in place of the defaults. Raises ValueError with the cause and the cure
        for anything that is not a valid setting.
        """
        if not isinstance(given, dict):
            raise ValueError("the settings are %s: give an object of names and values" % type(given).__name__)
        checked = {}
        for name in given:
            if name not in _NAMES:
                _refuse_unknown(name)
            checked[name] = _checked(SCHEMA[_NAMES.index(name)], given[name])
        return cls(checked, force_sensor, base)

    def changed(self, given):
        """Return Settings with `given` in place of these; limits follow it. Errors as in `from_dict`."""
        return Settings.from_dict(given, base=self._values)

    def to_dict(self):
        """Return all settings under their JSON names."""
        return dict(self._values)
