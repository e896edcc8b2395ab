# Shared by build.sh and the sanitizer builds of the tests.
# Names of the folder: <os>-<arch>[-musl], as the loader in Java writes them.
platform() {
    case $(uname -s) in
        Linux) os=linux ;;
        Darwin) os=macosx ;;
        *) echo "libpyboot does not build on $(uname -s)" >&2; exit 1 ;;
    esac
    case $(uname -m) in
        x86_64 | amd64) arch=x86_64 ;;
        aarch64 | arm64) arch=arm64 ;;
        *) echo "libpyboot does not build on $(uname -m)" >&2; exit 1 ;;
    esac
    libc=
    if [ "$os" = linux ] && ls /lib/ld-musl-* >/dev/null 2>&1; then libc=-musl; fi
    echo "$os-$arch$libc"
}
CFLAGS_COMMON="-std=gnu11 -D_GNU_SOURCE -fPIC -fvisibility=hidden -g -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wno-unused-parameter"
LIBS_COMMON="-pthread -ldl"
