/// Characters, numbers, strings, brackets and indentation.
let wrongLexical: [WrongProgram] = [
    WrongProgram(
        "a string that its line does not close",
        #"""
        Activation('relu)
        ReLU("x)
        """#,
        #"""
        m.net:1:12: error: this string is not closed before the line ends
        Activation('relu)
                   ^
        m.net:2:6: error: this string is not closed before the line ends
        ReLU("x)
             ^
        2 errors generated.
        """#),
    WrongProgram(
        "a long string that is never closed",
        #"""
        """Two
        lines
        """#,
        #"""
        m.net:1:1: error: this string is never closed
        """Two
        ^~~
        1 error generated.
        """#),
    WrongProgram(
        "a bracket that is never closed",
        #"""
        Input((8, 8, 3))
        Conv2D(8, 3
        ReLU()
        undefined_name
        """#,
        #"""
        m.net:2:7: error: '(' is never closed
        Conv2D(8, 3
              ^
        m.net:4:1: error: undefined name 'undefined_name'
        undefined_name
        ^~~~~~~~~~~~~~
        2 errors generated.
        """#),
    WrongProgram(
        "a bracket over several lines that is never closed",
        #"""
        def f(a,
              b
            return a
        x = f(1, 2)
        """#,
        #"""
        m.net:1:6: error: '(' is never closed
        def f(a,
             ^
        1 error generated.
        """#),
    WrongProgram(
        "a bracket closed by another kind",
        #"""
        Input((8, 8, 3))
        Conv2D((8, 3]
        ReLU()
        """#,
        #"""
        m.net:2:7: error: '(' is never closed
        Conv2D((8, 3]
              ^
        m.net:2:13: error: expected ')', found ']'
        Conv2D((8, 3]
                    ^
        m.net:2:8: note: to match this '('
        Conv2D((8, 3]
               ^
        2 errors generated.
        """#),
    WrongProgram(
        "a bracket that closes nothing",
        #"""
        Input((8, 8, 3))
        Conv2D(8, 3))
        """#,
        #"""
        m.net:2:13: error: ')' closes no bracket
        Conv2D(8, 3))
                    ^
        1 error generated.
        """#),
    WrongProgram(
        "numbers that are none",
        #"""
        a = 1__0
        b = 012
        c = 3j
        d = 0xg
        e = 1.5.2
        f = 3px
        """#,
        #"""
        m.net:1:5: error: '1__0' is not a number
        a = 1__0
            ^~~~
        m.net:2:5: error: an integer does not begin with 0: '012'
        b = 012
            ^~~
        m.net:3:5: error: complex numbers are not part of the language: '3j'
        c = 3j
            ^~
        m.net:4:5: error: '0xg' is not a number
        d = 0xg
            ^~~
        m.net:5:5: error: '1.5.2' is not a number
        e = 1.5.2
            ^~~~~
        m.net:6:5: error: '3px' is not a number
        f = 3px
            ^~~
        6 errors generated.
        """#),
    WrongProgram(
        "an integer beyond 64 bits",
        #"""
        a = 9223372036854775808
        """#,
        #"""
        m.net:1:5: error: the integer '9223372036854775808' does not fit 64 bits
        a = 9223372036854775808
            ^~~~~~~~~~~~~~~~~~~
        1 error generated.
        """#),
    WrongProgram(
        "escapes that are none",
        #"""
        a = 'C:\data'
        b = '\x4'
        c = '\ud800'
        """#,
        #"""
        m.net:1:8: error: '\d' is not an escape; a backslash is written '\\'
        a = 'C:\data'
               ^~
        m.net:2:6: error: expected 2 hexadecimal digits in this escape
        b = '\x4'
             ^~~
        m.net:3:6: error: this escape names no character
        c = '\ud800'
             ^~~~~~
        3 errors generated.
        """#),
    WrongProgram(
        "f-strings with broken fields",
        #"""
        a = f'{x'
        b = f'x}'
        c = f'{}'
        d = f'{1!z}'
        e = f'{1 2}'
        """#,
        #"""
        m.net:1:7: error: '{' of an f-string is never closed
        a = f'{x'
              ^
        m.net:2:8: error: a single '}' in an f-string is written '}}'
        b = f'x}'
               ^
        m.net:3:7: error: '{}' of an f-string holds no expression
        c = f'{}'
              ^~
        m.net:4:9: error: a conversion is '!r', '!s' or '!a'
        d = f'{1!z}'
                ^
        m.net:5:10: error: expected '}' after the expression, found '2'
        e = f'{1 2}'
                 ^
        5 errors generated.
        """#),
    WrongProgram(
        "typographic quotation marks and minus",
        #"""
        a = “same”
        b = 3 − 2
        """#,
        #"""
        m.net:1:5: error: '“' is not a quotation mark of the language
        a = “same”
            ^
            "
        m.net:1:10: error: '”' is not a quotation mark of the language
        a = “same”
                 ^
                 "
        m.net:2:7: error: '−' is not a minus sign; use '-'
        b = 3 − 2
              ^
              -
        3 errors generated.
        """#),
    WrongProgram(
        "characters that mean nothing",
        #"""
        a = 3 $ 4
        b = 1 ? 2
        c = !True
        """#,
        #"""
        m.net:1:7: error: unexpected character '$'
        a = 3 $ 4
              ^
        m.net:2:7: error: unexpected character '?'
        b = 1 ? 2
              ^
        m.net:3:5: error: '!' is not an operator; use 'not' or '!='
        c = !True
            ^
        3 errors generated.
        """#),
    WrongProgram(
        "a byte string",
        #"""
        a = b'x'
        """#,
        #"""
        m.net:1:5: error: byte strings are not part of the language
        a = b'x'
            ^~
        1 error generated.
        """#),
    WrongProgram(
        "an indentation that matches no block",
        #"""
        if True:
                a = 1
            b = 2
        """#,
        #"""
        m.net:3:1: error: this indentation matches no open block
            b = 2
        ^~~~
        1 error generated.
        """#),
    WrongProgram(
        "a line that is indented for no reason",
        #"""
        a = 1
            b = 2
        c = a + b
        """#,
        #"""
        m.net:2:5: error: this line is indented but opens no block
            b = 2
            ^
        1 error generated.
        """#),
    WrongProgram(
        "a backslash within a line",
        #"""
        a = 1 \ + 2
        """#,
        #"""
        m.net:1:7: error: a '\' continues a line only where it is the line's last character
        a = 1 \ + 2
              ^
        1 error generated.
        """#),
]
