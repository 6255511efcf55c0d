/// Names and blocks.
let wrongNames: [WrongProgram] = [
    WrongProgram(
        "an unknown layer",
        #"""
        Input((8, 8, 3))
        Conv2d(8, 3)
        Foo(3)
        keras.layers.Dens(3)
        """#,
        #"""
        m.net:2:1: error: unknown layer or block 'Conv2d'; did you mean 'Conv2D'?
        Conv2d(8, 3)
        ^~~~~~
        Conv2D
        m.net:3:1: error: unknown layer or block 'Foo'
        Foo(3)
        ^~~
        m.net:4:14: error: unknown layer or block 'keras.layers.Dens'; did you mean 'Dense'?
        keras.layers.Dens(3)
                     ^~~~
                     Dense
        3 errors generated.
        """#),
    WrongProgram(
        "a variable misspelt",
        #"""
        Input((8, 8, 3))
        filters = 8
        Conv2D(filtres, 3)
        x = filter + 1
        """#,
        #"""
        m.net:3:8: error: undefined name 'filtres'; did you mean 'filters'?
        Conv2D(filtres, 3)
               ^~~~~~~
               filters
        m.net:4:5: error: undefined name 'filter'; did you mean 'filters'?
        x = filter + 1
            ^~~~~~
            filters
        2 errors generated.
        """#),
    WrongProgram(
        "a word where the argument takes no strings",
        #"""
        Input((8, 8, 3))
        Conv2D(same, 3)
        """#,
        #"""
        m.net:2:8: error: undefined name 'same'
        Conv2D(same, 3)
               ^~~~
        1 error generated.
        """#),
    WrongProgram(
        "a name used before its definition",
        #"""
        Input((8, 8, 3))
        a = later + 1
        later = 3
        stem()
        def stem(): pass
        """#,
        #"""
        m.net:2:5: error: 'later' is used before it is defined
        a = later + 1
            ^~~~~
        m.net:3:1: note: it is defined here
        later = 3
        ^~~~~
        m.net:4:1: error: block 'stem' is used before it is defined
        stem()
        ^~~~
        m.net:5:5: note: it is defined here
        def stem(): pass
            ^~~~
        2 errors generated.
        """#),
    WrongProgram(
        "a block's own name used before it is assigned",
        #"""
        n = 3
        def f():
            m = n
            n = 4
        f()
        """#,
        #"""
        m.net:3:9: error: 'n' is used before it is assigned
            m = n
                ^
        m.net:2:5: note: block 'f' assigns 'n', so it is not the 'n' of the file
        def f():
            ^
        m.net:5:1: note: in block 'f' called here
        f()
        ^~~
        1 error generated.
        """#),
    WrongProgram(
        "a layer without parentheses",
        #"""
        Input((8, 8, 3))
        x = ReLU
        """#,
        #"""
        m.net:2:5: error: the layer 'ReLU' lacks its parentheses
        x = ReLU
            ^~~~
                ()
        1 error generated.
        """#),
    WrongProgram(
        "a block that calls itself",
        #"""
        Input((8, 8, 3))
        def f(x):
            return g(x)
        def g(x):
            return f(x)
        f(3)
        """#,
        #"""
        m.net:5:12: error: block 'f' calls itself; recursion is not part of the language
            return f(x)
                   ^~~~
        m.net:3:12: note: in block 'g' called here
            return g(x)
                   ^~~~
        m.net:6:1: note: in block 'f' called here
        f(3)
        ^~~~
        1 error generated.
        """#),
    WrongProgram(
        "wrong arguments of a block",
        #"""
        def f(a, b=2, *, c=3): return a
        f()
        f(1, 2, 3)
        f(1, d=4)
        f(1, a=2)
        """#,
        #"""
        m.net:2:1: error: the call of block 'f' lacks 'a'
        f()
        ^~~
        m.net:1:5: note: block 'f' is defined here
        def f(a, b=2, *, c=3): return a
            ^
        m.net:3:9: error: block 'f' takes 2 positional arguments
        f(1, 2, 3)
                ^
        m.net:1:5: note: block 'f' is defined here
        def f(a, b=2, *, c=3): return a
            ^
        m.net:4:6: error: block 'f' has no parameter 'd'
        f(1, d=4)
             ^~~
        m.net:1:5: note: block 'f' is defined here
        def f(a, b=2, *, c=3): return a
            ^
        m.net:5:6: error: argument 'a' is given twice
        f(1, a=2)
             ^~~
        m.net:1:5: note: block 'f' is defined here
        def f(a, b=2, *, c=3): return a
            ^
        4 errors generated.
        """#),
    WrongProgram(
        "divisions by zero",
        #"""
        a = 1 / 0
        b = 1 // 0
        c = 1.0 % 0
        d = 0 ** -1
        """#,
        #"""
        m.net:1:5: error: division by zero
        a = 1 / 0
            ^~~~~
        m.net:2:5: error: division by zero
        b = 1 // 0
            ^~~~~~
        m.net:3:5: error: division by zero
        c = 1.0 % 0
            ^~~~~~~
        m.net:4:5: error: division by zero: 0 to a negative power
        d = 0 ** -1
            ^~~~~~~
        4 errors generated.
        """#),
]
