#!/bin/sh
# Says in words which system library the pinned Node 26 lacks, before it is installed: afterwards npx itself would run
# with it, and fail with the loader's words. Looks only where it can tell: Linux with glibc's ldconfig.
set -u
PATH="$PATH:/usr/sbin:/sbin"
[ "$(uname -s)" = Linux ] || exit 0
cache=$(ldconfig -p 2>/dev/null) || exit 0

present() {
  for path in $(printf '%s\n' "$cache" | sed -n "s|.*$1 .*=> ||p") "/usr/lib/$1" "/usr/lib64/$1"; do
    if [ -e "$path" ]; then return 0; fi
  done
  return 1
}

if ! present libatomic.so.1; then
  {
    echo "trunkline: Node 26 cannot start on this machine: the system library libatomic.so.1 is missing."
    echo "trunkline: Debian, Ubuntu:       apt-get install libatomic1"
    echo "trunkline: Fedora, Amazon Linux: dnf install libatomic"
  } >&2
  exit 1
fi
