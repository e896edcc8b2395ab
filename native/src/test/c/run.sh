#!/bin/sh
# Builds the tests of libpyboot into DIR and runs them.
# Usage: run.sh plain|address|thread DIR [LIBPYTHON HOME EXECUTABLE PACKAGE [COMPANION...]]
#        run.sh fuzz DIR LIBPYTHON HOME EXECUTABLE PACKAGE [COMPANION...]
# fuzz builds a libFuzzer target with clang and runs it for PYBOOT_FUZZ_SECONDS.
set -eu
tests=$(cd "$(dirname "$0")" && pwd)
sources=$tests/../../main/c
. "$sources/flags.sh"
way=$1
out=$2
shift 2
case $way in
    plain) flags="-O2" ;;
    address) flags="-O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all" ;;
    # TSan does not model fences (-Wno-tsan). The only one, around the owner's sleep, orders no data.
    thread) flags="-O1 -fno-omit-frame-pointer -fsanitize=thread -Wno-tsan" ;;
    fuzz)
        flags="-O1 -fno-omit-frame-pointer -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -Dmain=test_main"
        CC=${CC:-clang} ;;
    *) echo "run.sh: unknown way '$way'" >&2; exit 64 ;;
esac
mkdir -p "$out"
program=$out/pyboot-test-$way
${CC:-cc} $CFLAGS_COMMON $flags -I"$sources" -o "$program" "$tests"/*.c "$sources"/pb_*.c $LIBS_COMMON
export ASAN_OPTIONS="detect_leaks=1:detect_stack_use_after_return=1:abort_on_error=0:exitcode=99"
export LSAN_OPTIONS="suppressions=$tests/lsan.supp:print_suppressions=0"
export UBSAN_OPTIONS="print_stacktrace=1:halt_on_error=1"
export TSAN_OPTIONS="suppressions=$tests/tsan.supp:halt_on_error=1:exitcode=98:second_deadlock_stack=1:print_suppressions=0"
# The shadow memory of TSan does not fit a heavily randomised address space (vm.mmap_rnd_bits above 28).
if [ "$way" = thread ] && command -v setarch >/dev/null && setarch "$(uname -m)" -R true 2>/dev/null; then
    exec setarch "$(uname -m)" -R "$program" "$@"
fi
if [ "$way" = fuzz ]; then
    PYBOOT_FUZZ_PYTHON=$(printf '%s\n' "$@")
    PYBOOT_FUZZ_CORPUS=$out/corpus
    export PYBOOT_FUZZ_PYTHON PYBOOT_FUZZ_CORPUS
    mkdir -p "$PYBOOT_FUZZ_CORPUS"
    exec "$program" -max_total_time="${PYBOOT_FUZZ_SECONDS:-600}" -max_len=4096 -malloc_limit_mb=64 -rss_limit_mb=2048 \
        -print_final_stats=1 -artifact_prefix="$out/" "$PYBOOT_FUZZ_CORPUS"
fi
exec "$program" "$@"
