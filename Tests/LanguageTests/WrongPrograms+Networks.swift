/// Tensors, layers, models and limits.
let wrongNetworks: [WrongProgram] = [
    WrongProgram(
        "no tensors where some are wanted",
        #"""
        Input((8, 8, 3))
        x = ReLU()
        Add()(5)
        Add()([x, ReLU()])
        Add()()
        ReLU()(x, foo=1)
        ReLU()(x, training=True)
        """#,
        #"""
        m.net:3:7: error: layer 'Add' takes a tensor, found an integer
        Add()(5)
              ^
        m.net:4:7: error: layer 'Add' takes tensors, found a layer in this list that is not applied to anything
        Add()([x, ReLU()])
              ^~~~~~~~~~~
        m.net:5:6: error: layer 'Add' is called without a tensor
        Add()()
             ^~
        m.net:6:11: error: layer 'ReLU' takes tensors here, not 'foo='
        ReLU()(x, foo=1)
                  ^~~~~
        m.net:7:11: error: only inference is compiled: 'training=True' cannot be honoured
        ReLU()(x, training=True)
                  ^~~~~~~~~~~~~
        5 errors generated.
        """#),
    WrongProgram(
        "tensors used as values",
        #"""
        x = Input((8, 8, 3))
        if x: pass
        x[0]
        for y in x: pass
        x < 3
        x.foo
        x.append(1)
        x(3)
        len(x)
        2 ** x
        2 // x
        x + 'a'
        """#,
        #"""
        m.net:2:4: error: a condition cannot depend on a tensor's contents; to test whether it is given, use 'is not None'
        if x: pass
           ^
        m.net:3:1: error: a tensor cannot be indexed; layers take parts of it (Split, Cropping2D), 't.shape[i]' is a size
        x[0]
        ^
        m.net:4:10: error: a tensor cannot be walked over; 'Split' cuts it into a list of tensors
        for y in x: pass
                 ^
        m.net:5:1: error: a condition cannot depend on a tensor's contents
        x < 3
        ^~~~~
        m.net:6:3: error: a tensor has no 'foo' here; 'shape' is what it has
        x.foo
          ^~~
        m.net:7:3: error: a tensor has no method 'append' here; apply a layer: 'Layer(…)(tensor)'
        x.append(1)
          ^~~~~~
        m.net:8:1: error: a tensor cannot be called; layers are applied to tensors: 'Layer(…)(tensor)'
        x(3)
        ^
        m.net:9:5: error: a tensor has no length here; 't.shape' tells its sizes
        len(x)
            ^
        m.net:10:1: error: '**' wants a tensor on its left; 'Activation(exponential)' is e to the power of one
        2 ** x
        ^~~~~~
        m.net:11:1: error: '//' does not apply to tensors; '+', '-', '*', '/' and '**' do
        2 // x
        ^~~~~~
        m.net:12:1: error: '+' does not combine a tensor and a string
        x + 'a'
        ^~~~~~~
        11 errors generated.
        """#),
    WrongProgram(
        "models without ends",
        #"""
        Input((8, 8, 3))
        Model(5, 6)
        Model([], [])
        Model(inputs=3, output=4)
        """#,
        #"""
        m.net:2:7: error: 'inputs' of 'Model' takes a tensor, found an integer
        Model(5, 6)
              ^
        m.net:2:10: error: 'outputs' of 'Model' takes a tensor, found an integer
        Model(5, 6)
                 ^
        m.net:3:7: error: this model has no inputs
        Model([], [])
              ^~
        m.net:4:17: error: 'Model' has no argument 'output'; did you mean 'outputs'?
        Model(inputs=3, output=4)
                        ^~~~~~~~
        4 errors generated.
        """#),
    WrongProgram(
        "wrong layers of a sequential model",
        #"""
        m = Sequential([3])
        m.add()
        m.ad(ReLU())
        n = Sequential()
        n.add('x')
        """#,
        #"""
        m.net:1:17: error: a sequential model holds layers, found an integer
        m = Sequential([3])
                        ^
        m.net:3:1: error: a model has no 'ad' here
        m.ad(ReLU())
        ^~~~
        m.net:5:7: error: a sequential model holds layers, found a string
        n.add('x')
              ^~~
        3 errors generated.
        """#),
    WrongProgram(
        "a sequential model without input",
        #"""
        m = Sequential([Conv2D(8, 3), ReLU()])
        """#,
        #"""
        m.net:1:5: error: model 'sequential_1' has no input; begin it with an Input or give its first layer 'input_shape='
        m = Sequential([Conv2D(8, 3), ReLU()])
            ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
        1 error generated.
        """#),
    WrongProgram(
        "outputs named twice",
        #"""
        x = Input((8, 8, 3))
        y = ReLU()(x)
        Output(y)
        model = Model(x, y)
        """#,
        #"""
        m.net:3:8: error: the outputs are named twice: by 'Output' and by a model
        Output(y)
               ^
        m.net:4:9: note: the model is here
        model = Model(x, y)
                ^~~~~~~~~~~
        1 error generated.
        """#),
    WrongProgram(
        "two weights files",
        #"""
        Input((8, 8, 3))
        load_weights('a.npz')
        load_weights('b.npz')
        load_weights(3)
        """#,
        #"""
        m.net:3:14: error: a second weights file
        load_weights('b.npz')
                     ^~~~~~~
        m.net:2:14: note: the first is here
        load_weights('a.npz')
                     ^~~~~~~
        m.net:4:14: error: 'load_weights' takes the name of a file, found an integer
        load_weights(3)
                     ^
        2 errors generated.
        """#),
    WrongProgram(
        "a mistake in a block and a loop, told once with the way to it",
        #"""
        Input((8, 8, 3))
        def unit(k):
            Conv2D(k, 3, wrong=1)
            return k + missing
        for i in range(3):
            for name in ['a', 'b']:
                unit(i)
        """#,
        #"""
        m.net:3:5: error: unknown argument 'wrong'
            Conv2D(k, 3, wrong=1)
            ^~~~~~~~~~~~~~~~~~~~~
        m.net:7:9: note: in block 'unit' called here
                unit(i)
                ^~~~~~~
        m.net:6:9: note: in iteration 1 of this loop (name = 'a')
            for name in ['a', 'b']:
                ^~~~~~~~~~~~~~~~~~
        m.net:5:5: note: in iteration 1 of this loop (i = 0)
        for i in range(3):
            ^~~~~~~~~~~~~
        m.net:4:16: error: undefined name 'missing'
            return k + missing
                       ^~~~~~~
        m.net:7:9: note: in block 'unit' called here
                unit(i)
                ^~~~~~~
        m.net:6:9: note: in iteration 1 of this loop (name = 'a')
            for name in ['a', 'b']:
                ^~~~~~~~~~~~~~~~~~
        m.net:5:5: note: in iteration 1 of this loop (i = 0)
        for i in range(3):
            ^~~~~~~~~~~~~
        2 errors generated.
        """#),
    WrongProgram(
        "nothing follows from a mistake",
        #"""
        Input((8, 8, 3))
        x = Cnv2D(8, 3)
        y = x + 1
        z = Add()([x, y])
        if z: pass
        a, b = z.shape[1:3]
        n = a * b
        Conv2D(n, 3)
        print(z)
        """#,
        #"""
        m.net:2:5: error: unknown layer or block 'Cnv2D'; did you mean 'Conv2D'?
        x = Cnv2D(8, 3)
            ^~~~~
            Conv2D
        m.net:9:1: note: ignored: 'print' (a network prints nothing)
        print(z)
        ^~~~~~~~
        1 error generated.
        """#),
    WrongProgram(
        "a list that grows without end",
        #"""
        x = [1]
        for i in range(100):
            x = x + x
        """#,
        #"""
        m.net:3:9: error: a list of more than 1048576 elements
            x = x + x
                ^~~~~
        m.net:2:5: note: in iteration 21 of this loop (i = 20)
        for i in range(100):
            ^~~~~~~~~~~~~~~
        1 error generated.
        """#),
    WrongProgram(
        "a string that grows without end",
        #"""
        x = 'a'
        for i in range(100):
            x = x + x
        """#,
        #"""
        m.net:3:9: error: a string of more than 65536 bytes
            x = x + x
                ^~~~~
        m.net:2:5: note: in iteration 17 of this loop (i = 16)
        for i in range(100):
            ^~~~~~~~~~~~~~~
        1 error generated.
        """#),
    WrongProgram(
        "a list that holds itself",
        #"""
        x = []
        y = [x]
        x.append(y)
        """#,
        #"""
        m.net:3:1: error: a list cannot hold itself
        x.append(y)
        ^~~~~~~~~~~
        1 error generated.
        """#),
    WrongProgram(
        "endless loops",
        #"""
        for i in range(10 ** 9):
            for j in range(10 ** 9): pass
        """#,
        #"""
        m.net:2:30: error: the program takes more than 5000000 steps
            for j in range(10 ** 9): pass
                                     ^~~~
        m.net:2:9: note: in iteration 2499995 of this loop (j = 2499994)
            for j in range(10 ** 9): pass
                ^~~~~~~~~~~~~~~~~~~
        m.net:1:5: note: in iteration 1 of this loop (i = 0)
        for i in range(10 ** 9):
            ^~~~~~~~~~~~~~~~~~~
        1 error generated.
        """#),
]
