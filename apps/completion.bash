# bash completion of hjnet: verbs, their options as `hjnet help VERB` lists them, files.
_hjnet() {
  local current=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]} words
  if ((COMP_CWORD == 1)) || [[ $verb == help ]]; then
    words=$(hjnet help 2>/dev/null | sed -n '/^Subcommands:/,$s/^  \([a-z][a-z]*\)  .*/\1/p')
  elif [[ $current == -* ]]; then
    words=$(hjnet help "$verb" 2>/dev/null | grep -oE -- '--[a-z][a-z-]*')
  elif [[ $verb == init ]]; then
    words=$(hjnet examples 2>/dev/null | cut -d ' ' -f 1)
  else
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
    return
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -F _hjnet hjnet
