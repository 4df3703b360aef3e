# Completion of cloudpack-baseline for fish:
#     cloudpack-baseline completion fish > ~/.config/fish/completions/cloudpack-baseline.fish
function __cloudpack_baseline
    cloudpack-baseline completion fish --words (commandline -opc) (commandline -ct) 2>/dev/null
end
complete --command cloudpack-baseline --no-files --arguments '(__cloudpack_baseline)'
