#!/bin/sh
# Builds example guests: build.sh [--install] [--compare] [NAME…]; without a name, all that are not built. See README.md.
cd "$(dirname "$0")/../.." || exit 1
python=.venv/bin/python
[ -x $python ] || python=python3
exec "${PYTHON:-$python}" -m examples.guests.build "$@"
