#!/usr/bin/env bash
# OpenMM 8.6.1: Context.setVelocitiesToTemperature with a seed, on the reference platform. The velocity of one particle is
# that of OpenMM 8.5.0 with x and z exchanged, so that a trajectory made with one release is not made again with the
# other. One would expect the same seed to give the same velocities. We keep the release of OpenMM in the identity of
# basins/alanine-dipeptide, and ask for 8.6 at least.
# Seen: "8.5: [-2.558, 1.642, -2.633]; 8.6.1: [-2.633, 1.642, -2.558]". Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
for version in 8.5.0 8.6.1; do
    "$folder/venv/bin/pip" install --quiet "numpy==2.4.6" "openmm==$version"
    "$folder/venv/bin/python" - <<'PYTHON' >>"$folder/seen"
import openmm

system = openmm.System()
system.addParticle(1.0)
context = openmm.Context(system, openmm.VerletIntegrator(0.001), openmm.Platform.getPlatformByName("Reference"))
context.setPositions([[0, 0, 0]])
context.setVelocitiesToTemperature(300, 1)
velocities = context.getState(getVelocities=True).getVelocities(asNumpy=True)
print(f"{openmm.__version__}: {velocities._value[0].round(3).tolist()}")
PYTHON
done
cat "$folder/seen"
[ "$(paste -s -d ';' "$folder/seen")" = "8.5: [-2.558, 1.642, -2.633];8.6.1: [-2.633, 1.642, -2.558]" ]
