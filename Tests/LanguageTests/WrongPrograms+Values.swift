/// Numbers, lists, strings and functions.
let wrongValues: [WrongProgram] = [
    WrongProgram(
        "integers that overflow",
        #"""
        a = 9223372036854775807 + 1
        b = 2 ** 64
        c = int(1e30)
        d = -(-9223372036854775807 - 1)
        """#,
        #"""
        m.net:1:5: error: the result does not fit 64 bits
        a = 9223372036854775807 + 1
            ^~~~~~~~~~~~~~~~~~~~~~~
        m.net:2:5: error: the result does not fit 64 bits
        b = 2 ** 64
            ^~~~~~~
        m.net:3:9: error: the result does not fit 64 bits
        c = int(1e30)
                ^~~~
        m.net:4:5: error: the result does not fit 64 bits
        d = -(-9223372036854775807 - 1)
            ^~~~~~~~~~~~~~~~~~~~~~~~~~~
        4 errors generated.
        """#),
    WrongProgram(
        "operators on the wrong types",
        #"""
        a = 'x' + 1
        b = [1] - [2]
        c = -'x'
        d = None * 2
        e = 1 < 'x'
        """#,
        #"""
        m.net:1:5: error: '+' does not combine a string and an integer
        a = 'x' + 1
            ^~~~~~~
        m.net:2:5: error: '-' does not combine a list and a list
        b = [1] - [2]
            ^~~~~~~~~
        m.net:3:5: error: '-' wants a number, found a string
        c = -'x'
            ^~~~
        m.net:4:5: error: '*' with None, which stands for a size that is not known here (the batch)
        d = None * 2
            ^~~~~~~~
        m.net:5:5: error: '<' does not compare an integer and a string
        e = 1 < 'x'
            ^~~~~~~
        5 errors generated.
        """#),
    WrongProgram(
        "an index outside",
        #"""
        a = [1, 2][2]
        b = (1,)[-2]
        c = 'ab'[5]
        d = [1]['x']
        e = 3[0]
        """#,
        #"""
        m.net:1:12: error: index 2 is outside a list of 2 elements
        a = [1, 2][2]
                   ^
        m.net:2:10: error: index -2 is outside a tuple of 1 element
        b = (1,)[-2]
                 ^~
        m.net:3:10: error: index 5 is outside a string of 2 elements
        c = 'ab'[5]
                 ^
        m.net:4:9: error: an index is an integer, found a string
        d = [1]['x']
                ^~~
        m.net:5:5: error: an integer cannot be indexed
        e = 3[0]
            ^
        5 errors generated.
        """#),
    WrongProgram(
        "unpacking into the wrong number of names",
        #"""
        a, b = 1, 2, 3
        c, d = 5
        for x, y in [1, 2]: pass
        """#,
        #"""
        m.net:1:1: error: cannot unpack 3 values into 2 names
        a, b = 1, 2, 3
        ^~~~
        m.net:2:1: error: cannot unpack an integer into 2 names
        c, d = 5
        ^~~~
        m.net:3:5: error: cannot unpack an integer into 2 names
        for x, y in [1, 2]: pass
            ^~~~
        3 errors generated.
        """#),
    WrongProgram(
        "loops over what is no list",
        #"""
        for i in 5: pass
        for j in range(2.0): pass
        for k in None: pass
        """#,
        #"""
        m.net:1:10: error: a loop wants a list or range, found an integer; for n repetitions use 'range(n)'
        for i in 5: pass
                 ^
        m.net:2:16: error: 'range' takes integers, found a float; 'int(…)' makes one
        for j in range(2.0): pass
                       ^~~
        m.net:3:10: error: expected a list, tuple or range, found None
        for k in None: pass
                 ^~~~
        3 errors generated.
        """#),
    WrongProgram(
        "wrong arguments of functions",
        #"""
        a = len(5)
        b = int('x')
        c = max([])
        d = range(1, 2, 0)
        e = round()
        f = sum([1], x=2)
        g = min(1, 'x')
        """#,
        #"""
        m.net:1:9: error: 'len' takes a list, tuple, range or string, found an integer
        a = len(5)
                ^
        m.net:2:9: error: 'x' is not an integer
        b = int('x')
                ^~~
        m.net:3:5: error: 'max' of nothing
        c = max([])
            ^~~~~~~
        m.net:4:17: error: the step of a range cannot be 0
        d = range(1, 2, 0)
                        ^
        m.net:5:10: error: 'round' takes 1 to 2 arguments, found 0
        e = round()
                 ^~
        m.net:6:14: error: 'sum' has no argument 'x'
        f = sum([1], x=2)
                     ^~~
        m.net:7:5: error: 'min' does not compare a string and an integer
        g = min(1, 'x')
            ^~~~~~~~~~~
        7 errors generated.
        """#),
    WrongProgram(
        "methods that do not exist",
        #"""
        a = [1]
        a.push(2)
        (1, 2).append(3)
        'x'.foo()
        a.append()
        """#,
        #"""
        m.net:2:3: error: a list has no method 'push' here
        a.push(2)
          ^~~~
        m.net:3:8: error: a tuple cannot be changed; use a list: '[…]'
        (1, 2).append(3)
               ^~~~~~
        m.net:4:5: error: a string has no method 'foo' here
        'x'.foo()
            ^~~
        m.net:5:9: error: 'append' takes 1 argument
        a.append()
                ^~
        4 errors generated.
        """#),
    WrongProgram(
        "formats that do not suit",
        #"""
        a = f'{3:z}'
        b = f'{"x":d}'
        c = '%d' % 'x'
        d = '{} {}'.format(1)
        """#,
        #"""
        m.net:1:8: error: the format 'z' does not suit an integer
        a = f'{3:z}'
               ^
        m.net:2:8: error: the format 'd' does not suit a string
        b = f'{"x":d}'
               ^~~
        m.net:3:5: error: the format 'd' does not suit a string
        c = '%d' % 'x'
            ^~~~~~~~~~
        m.net:4:5: error: the format's '{}' has no value
        d = '{} {}'.format(1)
            ^~~~~~~~~~~~~~~~~
        4 errors generated.
        """#),
    WrongProgram(
        "an assertion that does not hold",
        #"""
        n = 3
        assert n == 4, f'n is {n}'
        assert False
        """#,
        #"""
        m.net:2:1: error: this assertion does not hold: n is 3
        assert n == 4, f'n is {n}'
        ^~~~~~~~~~~~~~~~~~~~~~~~~~
        m.net:3:1: error: this assertion does not hold
        assert False
        ^~~~~~~~~~~~
        2 errors generated.
        """#),
    WrongProgram(
        "values of ignored calls",
        #"""
        h = print('x')
        a = h + 1
        """#,
        #"""
        m.net:1:5: note: ignored: 'print' (a network prints nothing)
        h = print('x')
            ^~~~~~~~~~
        m.net:2:5: error: '+' does not combine the result of 'print', which is ignored and an integer
        a = h + 1
            ^~~~~
        1 error generated.
        """#),
    WrongProgram(
        "a value that nothing uses",
        #"""
        Input((8, 8, 3))
        n = 3
        n
        ReLU()
        """#,
        #"""
        m.net:3:1: warning: this value is not used
        n
        ^
        1 warning generated.
        """#),
    WrongProgram(
        "no tensor to apply to",
        #"""
        Conv2D(8, 3)
        ReLU()
        """#,
        #"""
        m.net:1:1: error: 'Conv2D' has no tensor to apply to; begin with an Input, as in 'Input((224, 224, 3))'
        Conv2D(8, 3)
        ^~~~~~~~~~~~
        1 error generated.
        """#),
    WrongProgram(
        "tensors in the first parentheses",
        #"""
        Input((8, 8, 3))
        x = ReLU()
        Add([x, x])
        Add([x, x], name='a')
        """#,
        #"""
        m.net:3:5: error: 'Add' takes its tensors in parentheses of their own: 'Add(…)(tensors)'
        Add([x, x])
            ^~~~~~
           ()
        m.net:4:5: error: 'Add' takes its tensors in parentheses of their own: 'Add(…)(tensors)'
        Add([x, x], name='a')
            ^~~~~~
        2 errors generated.
        """#),
]
