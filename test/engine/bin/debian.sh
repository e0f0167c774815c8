# Debian packages for the Engines: installed on this machine, or unpacked into a folder. Sourced by the scripts beside it.

# The folder of everything that the scripts make. A socket's path may have 107 bytes, so it is short.
home=${ENGINE_HOME:-/var/tmp/docker-engine-sdk}

say() { echo "engine: $*" >&2; }
die() {
  say "$*"
  exit 1
}

# need COMMAND PACKAGE: installs the package unless the machine has the command.
need() {
  if PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null; then return; fi
  say "installing $2"
  mkdir -p "$home"
  (
    flock 9
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$2"
  ) >"$home/apt.log" 2>&1 9>"$home/apt.lock" || die "cannot install $2: $(tail -n 5 "$home/apt.log")"
}

# The address that apt of this machine takes Debian from.
mirror() {
  local targets=(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian') uri
  uri=$("${targets[@]}" | sed -n 1p)
  if [ -z "$uri" ]; then
    # A new machine may not have asked its sources for anything yet.
    apt-get update -qq >&2 || true
    uri=$("${targets[@]}" | sed -n 1p)
  fi
  [ -n "$uri" ] || die "apt of this machine has no source of Debian packages"
  echo "$uri"
}

# unpack SUITE PACKAGES FOLDER: unpacks a minimal Debian with the packages (comma-separated).
unpack() {
  local suite=$1 packages=$2 folder=$3 uri
  need debootstrap debootstrap
  uri=$(mirror)
  say "unpacking $packages of Debian $suite, once"
  rm -rf "$folder"
  # The script named sid serves every suite, also those that are newer than debootstrap.
  debootstrap --variant=minbase --keyring=/usr/share/keyrings/debian-archive-keyring.gpg \
    --include="$packages,iptables,ca-certificates,procps,git,xz-utils" \
    "$suite" "$folder" "$uri" sid >"$folder.log" 2>&1 || die "debootstrap failed: $(tail -n 5 "$folder.log")"
}

# add COMMAND PACKAGE FOLDER: installs a package in an unpacked Debian unless it has the command. Its release may be old.
add() {
  local apt=(chroot "$3" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::Check-Valid-Until=false)
  (
    flock 9
    [ ! -x "$3/usr/bin/$1" ] || exit 0
    say "adding $2 to $3"
    "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends "$2"
  ) >"$3.$2.log" 2>&1 9>"$3.lock" || die "cannot add $2: $(tail -n 5 "$3.$2.log")"
}

# extract PACKAGE FOLDER: unpacks a package of this machine's Debian without installing it.
extract() {
  [ ! -d "$2" ] || return 0
  say "unpacking $1"
  rm -rf "$2.new"
  mkdir -p "$2.new/package"
  # As root, apt would fetch as a user who may not write here.
  (cd "$2.new/package" && apt-get update -qq && apt-get download -qq -o APT::Sandbox::User=root "$1") >"$2.log" 2>&1 ||
    die "cannot download $1: $(tail -n 5 "$2.log")"
  dpkg -x "$2.new"/package/*.deb "$2.new"
  mv "$2.new" "$2"
}
