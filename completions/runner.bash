# Completion of `runner` for bash. Made by `python -m tests.completions`, where changes belong.

# Only what bash 3.2 (macOS) knows is used, and the package bash-completion only where it is there. No program is run
# but the one that is completed, for names: it answers in the time of two starts of Python.

# Fill `words` with the words up to the cursor, and `begins` with the place of each in COMP_WORDS, which bash cuts at
# the characters of COMP_WORDBREAKS as well: --region=x is three of them.
__runner_words() {
    local rest=${COMP_LINE:0:COMP_POINT} blank piece i
    words=() begins=()
    for ((i = 0; i <= COMP_CWORD; i++)); do
        blank=${rest%%[![:space:]]*}
        rest=${rest#"$blank"}
        piece=${COMP_WORDS[i]}
        [[ $rest == "$piece"* ]] || piece=$rest # the cursor stands inside it
        rest=${rest#"$piece"}
        if [[ $i == 0 || $blank ]]; then
            words+=("$piece") begins+=("$i")
        else
            words[${#words[@]} - 1]+=$piece
        fi
    done
    last=$((${#words[@]} - 1))
    cur=${words[last]}
}

# Complete the word at the cursor. From word $1 on there stand `options`, of which those in `takes` take a value
# (--name=METAVAR; the short ones of these are in `letters` too), and behind them what the metavar `argument` says.
__runner_complete() {
    local at=$1 before= option word attached
    for ((; at < last; at++)); do
        word=${words[at]} option=
        case $word in
            --)
                __runner_offer "$argument" $((at + 1))
                return
                ;;
            --*) option=$word ;;
            # -vi NAME: the first letter that takes a value takes the rest of the word, or else the next word.
            -?*) [[ ! $letters || ${word#-*[$letters]} ]] || option=-${word:${#word}-1} ;;
            *)
                [[ $argument == COMMAND ]] || continue
                __runner_offer "$argument" "$at"
                return
                ;;
        esac
        [[ ! $option || " $takes" != *" $option="* ]] || ((at++))
    done

    if ((at > last)); then # the word at the cursor is the value of the option before it
        __runner_offer "$(__runner_metavar)"
    elif [[ $cur == --*=* ]]; then
        option=${cur%%=*} cur=${cur#*=}
        [[ $COMP_WORDBREAKS == *=* ]] || before=$option= # what is offered replaces all that bash takes for the word
        __runner_offer "$(__runner_metavar)"
    elif [[ $letters && $cur == -[!-]* && ${cur#-*[$letters]} != "$cur" && ${cur#-*[$letters]} ]]; then
        attached=${cur#-*[$letters]} # -iNAME
        before=${cur%"$attached"} cur=$attached option=-${before:${#before}-1}
        __runner_offer "$(__runner_metavar)"
    elif [[ $cur == -* ]]; then
        COMPREPLY=($(compgen -W "$options" -- "$cur"))
    else
        __runner_offer "$argument" "$at"
    fi
}

# Print what `option` takes.
__runner_metavar() {
    local found=" $takes"
    [[ $found == *" $option="* ]] || return
    found=${found#*" $option="}
    printf '%s\n' "${found%%[[:space:]]*}"
}

# Offer what the metavar $1 stands for; a command begins at word $2.
__runner_offer() {
    case $1 in
        COMMAND) __runner_command "$2" ;;
        FILE) __runner_file ;;
        'NAME'|'[NAME]') __runner_names identities ;;
        '[NAME|PATTERN]...'|'GLOB') __runner_names patterns ;;
        'SESSION') __runner_names sso-sessions ;;
        *'|'*) COMPREPLY=($(compgen -P "$before" -W "${1//|/ }" -- "$cur")) ;;
    esac
}

# Offer the names of the kind $1, quoted as they would have to be typed.
__runner_names() {
    local program=${words[0]} typed=$before$cur tail=$before$cur plain=${cur//\\/} quote= mark head name
    [[ $program == */* && -x $program ]] || program=${program##*/}
    if [[ $cur == [\'\"]* ]]; then # readline takes what stands behind the quote, and closes it
        quote=${cur:0:1} plain=${cur:1} tail=$typed
    else # readline takes what stands behind the last of these, and an @ with it
        for mark in : = @; do
            [[ $COMP_WORDBREAKS != *$mark* ]] || tail=${tail##*$mark}
        done
    fi
    head=${typed%"$tail"}
    head=${head%@}
    while IFS= read -r name; do
        if [[ ! $quote ]]; then
            printf -v name %q "$name"
            name=$before$name
        elif [[ $name == *[\'\"\\\$\`]* ]]; then # needs more than that quote
            continue
        fi
        COMPREPLY+=("${name#"$head"}")
    done < <(command "$program" --complete "$1" "$plain" "${words[@]}" 2>/dev/null)
}

# Leave file names to readline, which knows quotes and ~; but it does not see where they begin in -cFILE.
__runner_file() {
    [[ ! $before ]] && compopt -o default 2>/dev/null && return
    compopt -o filenames -o nospace 2>/dev/null
    local IFS=$'\n'
    COMPREPLY=($(compgen -P "$before" -f -- "$cur"))
}

# Complete the command that begins at word $1 as if nothing stood before it.
__runner_command() {
    if declare -F _comp_command_offset >/dev/null; then
        _comp_command_offset "${begins[$1]}"
    elif declare -F _command_offset >/dev/null; then
        _command_offset "${begins[$1]}"
    elif (($1 < last)) || [[ $cur == */* ]]; then
        __runner_file
    else
        COMPREPLY=($(compgen -c -- "$cur"))
    fi
}

__runner_complete_runner() {
    local words begins last cur options takes letters argument at
    COMPREPLY=()
    __runner_words
    for ((at = 1; at < last; at++)); do
        [[ ${words[at]} == -* ]] || break
    done
    if ((at >= last)); then # its command is not complete
        options='--version -h --help'
        takes=''
        letters='' argument='run|check|list|explain|config|login|logout|accounts|sync|doctor|export|trust|sandbox'
        __runner_complete 1
        return
    fi
    case ${words[at]} in
        run)
            options='-i --identity -c --config --region --account --expect-arn --via --assume-role --duration
                --role-session-name --source-identity --session-tag --session-policy --session-policy-arn
                --inject --min-ttl --max-lifetime --on-expiry --validate --login --timeout --kill-after
                --pdeathsig --linger --no-input --error-format --report --dry-run -v --verbose -q --quiet
                --debug --version -h --help'
            takes='-i=NAME --identity=NAME -c=FILE --config=FILE --region=REGION --account=ID
                --expect-arn=PATTERN --via=NAME --assume-role=ARN --duration=DURATION --role-session-name=NAME
                --source-identity=NAME --session-tag=TAG --session-policy=FILE --session-policy-arn=ARN
                --inject=process|file --min-ttl=DURATION --max-lifetime=DURATION --on-expiry=warn|term|ignore
                --validate=always|auto|never --login=auto|never --timeout=DURATION --kill-after=DURATION
                --pdeathsig=SIGNAL --error-format=text|json --report=FILE'
            letters='ic' argument='COMMAND'
            ;;
        check)
            options='--except -c --config --format -h --help'
            takes='--except=GLOB -c=FILE --config=FILE --format=table|json'
            letters='c' argument='[NAME|PATTERN]...'
            ;;
        list)
            options='--except -c --config --format -h --help'
            takes='--except=GLOB -c=FILE --config=FILE --format=table|json'
            letters='c' argument='[NAME|PATTERN]...'
            ;;
        explain)
            options='--slug -c --config --format -h --help'
            takes='--slug=SLUG -c=FILE --config=FILE --format=table|json'
            letters='c' argument='[NAME]'
            ;;
        config)
            options='--format -h --help'
            takes='--format=table|json'
            letters='' argument='check|path'
            ;;
        login)
            options='--sso-session --no-browser --device-code -c --config -h --help'
            takes='--sso-session=SESSION -c=FILE --config=FILE'
            letters='c' argument='NAME'
            ;;
        logout)
            options='--sso-session --all -c --config -h --help'
            takes='--sso-session=SESSION -c=FILE --config=FILE'
            letters='c' argument='NAME'
            ;;
        accounts)
            options='--sso-session -c --config --format -h --help'
            takes='--sso-session=SESSION -c=FILE --config=FILE --format=table|json'
            letters='c' argument=''
            ;;
        sync)
            options='--sso-session --organization --via --role -c --config --name --prune --dry-run -h --help'
            takes='--sso-session=SESSION --via=NAME --role=ROLE -c=FILE --config=FILE --name=TEMPLATE'
            letters='c' argument=''
            ;;
        doctor)
            options='--format -h --help'
            takes='--format=table|json'
            letters='' argument=''
            ;;
        export)
            options='-c --config --region --account --expect-arn --via --assume-role --duration
                --role-session-name --source-identity --session-tag --session-policy --session-policy-arn
                --min-ttl --validate --login --no-input --error-format -q --quiet --debug --format -h --help'
            takes='-c=FILE --config=FILE --region=REGION --account=ID --expect-arn=PATTERN --via=NAME
                --assume-role=ARN --duration=DURATION --role-session-name=NAME --source-identity=NAME
                --session-tag=TAG --session-policy=FILE --session-policy-arn=ARN --min-ttl=DURATION
                --validate=always|auto|never --login=auto|never --error-format=text|json --format=FORMAT'
            letters='c' argument='NAME'
            ;;
        trust)
            options='-h --help'
            takes=''
            letters='' argument='FILE'
            ;;
        sandbox)
            options='-h --help'
            takes=''
            letters='' argument='COMMAND'
            ;;
        *) return ;;
    esac
    __runner_complete $((at + 1))
}

complete -F __runner_complete_runner runner
