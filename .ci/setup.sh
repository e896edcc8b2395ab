# Sourced by run and test: makes sure of a JDK, Maven and a C compiler. What is missing is
# installed with apt where that is possible; elsewhere the script says what to install and
# ends. On a machine that has everything nothing is changed.

jdk_version() { # of the JDK in directory $1, or of the one on the PATH
    local javac=${1:+$1/bin/}javac version
    version=$("$javac" -version 2>&1) || { echo 0; return; }
    version=${version#javac }
    [ "${version%%.*}" != 1 ] || version=${version#1.} # 1.8 is 8
    echo "${version%%[!0-9]*}"
}

has_jdk() { [ "$(jdk_version "${JAVA_HOME:-}")" -ge 17 ]; }

has_maven() {
    local version
    version=$(mvn -B -v 2>/dev/null | sed -n 's/.*Apache Maven \([0-9]*\)\.\([0-9]*\).*/\1 \2/p')
    set -- $version
    [ $# = 2 ] && { [ "$1" -gt 3 ] || { [ "$1" = 3 ] && [ "$2" -ge 8 ]; }; }
}

has_compiler() { echo '#include <pthread.h>' | "${CC:-cc}" -fsyntax-only -xc - 2>/dev/null; }

missing() {
    has_jdk || echo "a JDK 17 or later (found: $(jdk_version "${JAVA_HOME:-}"), 0 is none; JAVA_HOME=${JAVA_HOME:-})"
    has_maven || echo "Maven 3.8 or later"
    has_compiler || echo "a C compiler with the headers of the C library"
}

install_with_apt() {
    local as_root=() packages=(ca-certificates) jdk=openjdk-17-jdk-headless
    [ "$(id -u)" = 0 ] || as_root=(sudo -n)
    "${as_root[@]}" apt-get update -q
    apt-cache show "$jdk" >/dev/null 2>&1 || jdk=default-jdk-headless
    has_jdk || packages+=("$jdk" ca-certificates-java)
    has_maven || packages+=(maven)
    has_compiler || packages+=(gcc libc6-dev)
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -q -y --no-install-recommends "${packages[@]}"
    # Also puts local certificate authorities into the key store of the JDK.
    "${as_root[@]}" update-ca-certificates -f >/dev/null
}

setup() {
    [ -n "$(missing)" ] || return 0
    if command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; then
        install_with_apt
        hash -r
    fi
    [ -n "$(missing)" ] || return 0
    cat >&2 <<EOF
Pyboot cannot be built here. Please install:
$(missing | sed 's/^/  - /')
Debian, Ubuntu:  sudo apt install openjdk-17-jdk-headless maven gcc libc6-dev
Fedora:          sudo dnf install java-21-openjdk-devel maven gcc glibc-devel
Alpine:          sudo apk add openjdk17 maven gcc musl-dev
macOS:           brew install openjdk@17 maven && xcode-select --install
EOF
    exit 1
}

setup
