# Completion of cloudpack-baseline for bash. In ~/.bashrc:
#     eval "$(cloudpack-baseline completion bash)"
_cloudpack_baseline() {
    local IFS=$'\n'
    COMPREPLY=($(cloudpack-baseline completion bash \
        --line "${COMP_LINE:0:COMP_POINT}" --replaced="$2" 2>/dev/null))
}
complete -o nospace -F _cloudpack_baseline cloudpack-baseline
