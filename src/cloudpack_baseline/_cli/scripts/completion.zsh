#compdef cloudpack-baseline
# Completion of cloudpack-baseline for zsh. In ~/.zshrc, below compinit:
#     eval "$(cloudpack-baseline completion zsh)"
_cloudpack_baseline() {
    local line kind text
    local -a full full_shown open open_shown
    while IFS=$'\t' read -r kind text line; do
        case $kind in
            full) full+=("$text"); full_shown+=("$line") ;;
            open) open+=("$text"); open_shown+=("$line") ;;
        esac
    done < <(cloudpack-baseline completion zsh --words "${(@)words[1,CURRENT-1]}" "$PREFIX" 2>/dev/null)
    (( $#full )) && compadd -Q -l -d full_shown -a full
    (( $#open )) && compadd -Q -S '' -l -d open_shown -a open
    (( $#full + $#open ))
}
if [[ ${funcstack[1]} == _cloudpack_baseline ]]; then
    _cloudpack_baseline "$@"
else
    compdef _cloudpack_baseline cloudpack-baseline
fi
