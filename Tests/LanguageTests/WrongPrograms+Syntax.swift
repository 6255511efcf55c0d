/// Statements and expressions.
let wrongSyntax: [WrongProgram] = [
    WrongProgram(
        "a colon that is missing",
        #"""
        for i in range(3)
            ReLU
        x = y
        """#,
        #"""
        m.net:1:18: error: expected ':' at the end of this 'for' line
        for i in range(3)
                         ^
                         :
        m.net:2:5: error: the layer 'ReLU' lacks its parentheses
            ReLU
            ^~~~
                ()
        m.net:1:5: note: in iteration 1 of this loop (i = 0)
        for i in range(3)
            ^~~~~~~~~~~~~
        m.net:3:5: error: undefined name 'y'
        x = y
            ^
        3 errors generated.
        """#),
    WrongProgram(
        "an assignment as condition",
        #"""
        if x = 3:
            pass
        """#,
        #"""
        m.net:1:6: error: '=' assigns; a comparison is written '=='
        if x = 3:
             ^
             ==
        1 error generated.
        """#),
    WrongProgram(
        "else if",
        #"""
        if True:
            pass
        else if False:
            pass
        """#,
        #"""
        m.net:3:1: error: 'else if' is written 'elif'
        else if False:
        ^~~~~~~
        elif
        1 error generated.
        """#),
    WrongProgram(
        "an else without if",
        #"""
        else:
            pass
        """#,
        #"""
        m.net:1:1: error: this 'else' belongs to no 'if'
        else:
        ^~~~
        1 error generated.
        """#),
    WrongProgram(
        "a missing comma",
        #"""
        Input((8, 8, 3))
        Conv2D(8 3)
        """#,
        #"""
        m.net:2:10: error: expected ',' or ')', found '3'
        Conv2D(8 3)
                 ^
                ,
        1 error generated.
        """#),
    WrongProgram(
        "a colon in place of =",
        #"""
        Input((8, 8, 3))
        Conv2D(8, 3, padding: same)
        """#,
        #"""
        m.net:2:21: error: expected '=' between an argument and its value, found ':'
        Conv2D(8, 3, padding: same)
                            ^
                            =
        1 error generated.
        """#),
    WrongProgram(
        "a positional argument after a named one",
        #"""
        Input((8, 8, 3))
        Conv2D(filters=8, 3)
        """#,
        #"""
        m.net:2:19: error: a positional argument follows 'filters='; positional arguments come first
        Conv2D(filters=8, 3)
                          ^
        1 error generated.
        """#),
    WrongProgram(
        "a block without a body",
        #"""
        def f():
        x = 1
        """#,
        #"""
        m.net:1:8: error: expected an indented block after this 'def' line
        def f():
               ^
        1 error generated.
        """#),
    WrongProgram(
        "an expression that stops",
        #"""
        a = 3 +
        b = (1, 2
        """#,
        #"""
        m.net:1:8: error: expected an expression, found the end of the line
        a = 3 +
               ^
        m.net:2:5: error: '(' is never closed
        b = (1, 2
            ^
        2 errors generated.
        """#),
    WrongProgram(
        "assignment to what is no name",
        #"""
        3 = a
        f(1) = 2
        None = 3
        a.b = 1
        a + 1 = 2
        """#,
        #"""
        m.net:1:1: error: only names, and tuples and lists of names, can be assigned to
        3 = a
        ^
        m.net:2:1: error: the result of a call cannot be assigned to
        f(1) = 2
        ^~~~
        m.net:3:1: error: 'None' is a word of the language and cannot be a name
        None = 3
        ^~~~
        m.net:4:1: error: an attribute cannot be assigned to
        a.b = 1
        ^~~
        m.net:5:1: error: only names, and tuples and lists of names, can be assigned to
        a + 1 = 2
        ^~~~~
        5 errors generated.
        """#),
    WrongProgram(
        "a word of the language as name",
        #"""
        class = 3
        def for(): pass
        """#,
        #"""
        m.net:1:1: error: classes are not part of the language; write a block: 'def name(x, …):'
        class = 3
        ^~~~~
        m.net:2:5: error: 'for' is a word of the language and cannot be the block's name
        def for(): pass
            ^~~
        2 errors generated.
        """#),
    WrongProgram(
        "parameters that repeat or lack defaults",
        #"""
        def f(a, a): pass
        def g(a=1, b): pass
        """#,
        #"""
        m.net:1:10: error: parameter 'a' appears twice
        def f(a, a): pass
                 ^
        m.net:1:7: note: the first is here
        def f(a, a): pass
              ^
        m.net:2:12: error: parameter 'b' without a default follows 'a', which has one
        def g(a=1, b): pass
                   ^
        2 errors generated.
        """#),
    WrongProgram(
        "while, classes and exceptions",
        #"""
        while True:
            x = undefined
        class Net(Model):
            def call(self): pass
        try:
            a = 1
        except Error:
            a = 2
        raise ValueError
        """#,
        #"""
        m.net:1:1: error: 'while' is not part of the language; use 'for i in range(n):'
        while True:
        ^~~~~
        m.net:3:1: error: classes are not part of the language; write a block: 'def name(x, …):'
        class Net(Model):
        ^~~~~
        m.net:5:1: error: exceptions are not part of the language; test the case with 'if'
        try:
        ^~~
        m.net:9:1: error: 'raise' is not part of the language; use 'assert condition, message'
        raise ValueError
        ^~~~~
        4 errors generated.
        """#),
    WrongProgram(
        "with, decorators, global, del and async",
        #"""
        with scope():
            pass
        @tf.function
        def f(x):
            return x
        global x
        del x
        async def g(): pass
        """#,
        #"""
        m.net:1:1: error: 'with' is not part of the language; write its lines without it
        with scope():
        ^~~~
        m.net:3:1: error: decorators are not part of the language; a block is a plain 'def'
        @tf.function
        ^
        m.net:6:1: error: 'global' is not part of the language; pass the value as an argument and return it
        global x
        ^~~~~~
        m.net:7:1: error: 'del' is not part of the language; a name may be assigned again
        del x
        ^~~
        m.net:8:1: error: 'async' is not part of the language; a block ends with 'return'
        async def g(): pass
        ^~~~~
        5 errors generated.
        """#),
    WrongProgram(
        "lambda, yield, walrus, dictionaries and unpacking in calls",
        #"""
        f = lambda x: x
        g = (y := 3)
        d = {'a': 1}
        f(*d)
        f(**d)
        def h(*args): pass
        """#,
        #"""
        m.net:1:5: error: 'lambda' is not part of the language; define a block with 'def'
        f = lambda x: x
            ^~~~~~
        m.net:2:8: error: ':=' is not part of the language; assign in a statement of its own
        g = (y := 3)
               ^~
        m.net:3:5: error: dictionaries and sets are not part of the language; use a list of tuples
        d = {'a': 1}
            ^
        m.net:4:3: error: '*' arguments are not part of the language; write each argument out
        f(*d)
          ^
        m.net:5:3: error: '**' arguments are not part of the language; write each argument out
        f(**d)
          ^~
        m.net:6:7: error: '*' parameters are not part of the language; name each parameter
        def h(*args): pass
              ^
        6 errors generated.
        """#),
    WrongProgram(
        "operators that the language leaves out",
        #"""
        a = 1 | 2
        b = 1 & 2
        c = 2 ^ 3
        d = ~1
        e = 1 << 2
        f = x @ y
        """#,
        #"""
        m.net:1:7: error: the operator '|' is not part of the language; use 'or'
        a = 1 | 2
              ^
        m.net:2:7: error: the operator '&' is not part of the language; use 'and'
        b = 1 & 2
              ^
        m.net:3:7: error: the operator '^' is not part of the language; a power is written '**'
        c = 2 ^ 3
              ^
        m.net:4:5: error: the operator '~' is not part of the language
        d = ~1
            ^
        m.net:5:7: error: the operator '<<' is not part of the language
        e = 1 << 2
              ^~
        m.net:6:7: error: '@' is not part of the language; a Dense layer multiplies matrices
        f = x @ y
              ^
        6 errors generated.
        """#),
    WrongProgram(
        "imports of anything else",
        #"""
        import os
        from torch.nn import Conv2d
        from . import blocks
        """#,
        #"""
        m.net:1:8: error: cannot import 'os': only keras, tensorflow and numpy may be imported
        import os
               ^~
        m.net:2:6: error: cannot import 'torch.nn': only keras, tensorflow and numpy may be imported
        from torch.nn import Conv2d
             ^~~~~~~~
        m.net:3:6: error: one file describes one network; no other file can be imported
        from . import blocks
             ^
        3 errors generated.
        """#),
    WrongProgram(
        "two statements on a line",
        #"""
        a = 1 b = 2
        """#,
        #"""
        m.net:1:7: error: expected the end of the line, found 'b'
        a = 1 b = 2
              ^
        1 error generated.
        """#),
    WrongProgram(
        "return and break outside",
        #"""
        return 3
        break
        continue
        """#,
        #"""
        m.net:1:1: error: 'return' outside a block
        return 3
        ^~~~~~~~
        m.net:2:1: error: 'break' outside a loop
        break
        ^~~~~
        m.net:3:1: error: 'continue' outside a loop
        continue
        ^~~~~~~~
        3 errors generated.
        """#),
    WrongProgram(
        "brackets that nest too deeply",
        #"""
        a = (((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((())))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))
        """#,
        #"""
        m.net:1:104: error: nested too deeply: more than 100 levels
        …((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((()))))))))))))))))))))))))))))))))))))))))))))))))))))))))))…
                                                 ^
        1 error generated.
        """#),
    WrongProgram(
        "an expression that is too long",
        #"""
        a = 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1
        """#,
        #"""
        m.net:1:807: error: the expression is too long: more than 200 operators hold each other
        …+ 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1
                                                 ^
        1 error generated.
        """#),
]
