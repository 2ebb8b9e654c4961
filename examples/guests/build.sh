#!/bin/sh
# Builds example guests: build.sh [--install] [NAME…]; without a name, all that are not built. See README.md.
cd "$(dirname "$0")/../.." && exec "${PYTHON:-python3}" -m examples.guests.build "$@"
