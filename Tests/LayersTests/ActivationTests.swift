import IR
import Network
import Testing

@Suite struct ActivationTests {
    static let points = [-5, -2.5, -1, -0.4, 0, 0.3, 1, 2.5, 5, 7]

    /// Values of Keras 3.15.1 (JAX backend, float64) at `points`.
    static let keras: [(String, [Double])] = [
        ("linear", points),
        ("relu", [0, 0, 0, 0, 0, 0.3, 1, 2.5, 5, 7]),
        ("relu6", [0, 0, 0, 0, 0, 0.3, 1, 2.5, 5, 6]),
        ("leaky_relu", [-1, -0.5, -0.2, -0.08, 0, 0.3, 1, 2.5, 5, 7]),
        (
            "elu",
            [-0.9932620530009145, -0.9179150013761012, -0.6321205588285577, -0.3296799539643606, 0, 0.3, 1, 2.5, 5, 7]
        ),
        (
            "selu",
            [
                -1.74625336066962, -1.6137857588732423, -1.1113307378125625, -0.5796101097553359, 0,
                0.31521029620664415,
                1.0507009873554805, 2.626752468388701, 5.253504936777402, 7.354906911488364,
            ]
        ),
        (
            "celu",
            [-0.9932620530009145, -0.9179150013761012, -0.6321205588285577, -0.3296799539643606, 0, 0.3, 1, 2.5, 5, 7]
        ),
        (
            "gelu",
            [
                -1.4332578593959672e-06, -0.01552416331444033, -0.15865525393145707, -0.13783130335587032, 0,
                0.18537342665668577, 0.8413447460685429, 2.4844758366855597, 4.99999856674214, 6.999999999991041,
            ]
        ),
        (
            "sigmoid",
            [
                0.0066928509242848554, 0.07585818002124355, 0.2689414213699951, 0.401312339887548, 0.5,
                0.574442516811659, 0.7310585786300049, 0.9241418199787566, 0.9933071490757153, 0.9990889488055994,
            ]
        ),
        (
            "log_sigmoid",
            [
                -5.006715348489118, -2.5788897342925496, -1.3132616875182228, -0.9130152523999525, -0.6931471805599453,
                -0.554355244468527, -0.3132616875182228, -0.07888973429254963, -0.006715348489118068,
                -0.0009114664537742447,
            ]
        ),
        (
            "silu",
            [
                -0.03346425462142428, -0.18964545005310887, -0.2689414213699951, -0.1605249359550192, 0,
                0.1723327550434977, 0.7310585786300049, 2.3103545499468914, 4.966535745378576, 6.993622641639195,
            ]
        ),
        (
            "hard_sigmoid",
            [
                0, 0.08333333333333333, 0.3333333333333333, 0.43333333333333335, 0.5, 0.55, 0.6666666666666666,
                0.9166666666666666, 1, 1,
            ]
        ),
        (
            "hard_silu",
            [
                0, -0.20833333333333331, -0.3333333333333333, -0.17333333333333334, 0, 0.165, 0.6666666666666666,
                2.2916666666666665, 5, 7,
            ]
        ),
        ("hard_tanh", [-1, -1, -1, -0.4, 0, 0.3, 1, 1, 1, 1]),
        (
            "tanh",
            [
                -0.9999091625213623, -0.9866143465042114, -0.7615941762924194, -0.379948962255225, 0,
                0.2913126124515909, 0.7615941559557649, 0.9866142981514303, 0.9999092042625951, 0.9999983369439447,
            ]
        ),
        (
            "softplus",
            [
                0.006715348489118068, 0.07888973429254963, 0.3132616875182228, 0.5130152523999525, 0.6931471805599453,
                0.854355244468527, 1.3132616875182228, 2.5788897342925496, 5.006715348489118, 7.000911466453775,
            ]
        ),
        (
            "softsign",
            [
                -0.8333333333333334, -0.7142857142857143, -0.5, -0.28571428571428575, 0, 0.23076923076923075, 0.5,
                0.7142857142857143, 0.8333333333333334, 0.875,
            ]
        ),
        (
            "exponential",
            [
                0.006737946999085467, 0.0820849986238988, 0.3678794411714423, 0.6703200460356392, 1, 1.3498588075760032,
                2.7182818284590455, 12.182493960703473, 148.4131591025766, 1096.6331584284585,
            ]
        ),
        (
            "mish",
            [
                -0.0335762377301617, -0.19681620390653337, -0.30340146137410895, -0.1889164823935146, 0,
                0.20800137234811503, 0.8650983882673103, 2.471392304557881, 4.9995520775294064, 6.999988379809741,
            ]
        ),
        ("hard_shrink", [-5, -2.5, -1, 0, 0, 0, 1, 2.5, 5, 7]),
        ("soft_shrink", [-4.5, -2, -0.5, 0, 0, 0, 0.5, 2, 4.5, 6.5]),
        (
            "tanh_shrink",
            [
                -4.000090795737405, -1.51338570184857, -0.23840584404423515, -0.02005103774477507, 0,
                0.008687387548409142, 0.23840584404423515, 1.51338570184857, 4.000090795737405, 6.0000016630560555,
            ]
        ),
        ("sparse_plus", [0, 0, 0, 0.09, 0.25, 0.4225, 1, 2.5, 5, 7]),
        ("sparse_sigmoid", [0, 0, 0, 0.3, 0.5, 0.65, 1, 1, 1, 1]),
        (
            "squareplus",
            [
                0.19258240356725187, 0.35078105935821213, 0.6180339887498949, 0.8198039027185571, 1, 1.161187420807834,
                1.618033988749895, 2.850781059358212, 5.192582403567252, 7.140054944640259,
            ]
        ),
        (
            "softmax",
            [
                5.333084645183185e-06, 6.497027148186459e-05, 0.0002911765555971693, 0.0005305582761865544,
                0.0007914999399530803, 0.0010684131651415428, 0.0021515199040008834, 0.009642443238375563,
                0.11746900651793635, 0.8679850790466818,
            ]
        ),
        (
            "log_softmax",
            [
                -12.141580754507922, -9.641580754507922, -8.141580754507922, -7.5415807545079225, -7.141580754507922,
                -6.841580754507922, -6.141580754507922, -4.641580754507922, -2.141580754507922, -0.1415807545079224,
            ]
        ),
        ("sparsemax", [0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
    ]

    @Test func `every activation has Keras' values`() throws {
        #expect(Self.keras.map(\.0) == activationNames)
        let x = RealTensor(Shape([Self.points.count]), Self.points)
        for (name, expected) in Self.keras {
            let y = try output("Activation", ["activation": .string(name)], of: [x])
            #expect(isClose(y.values, expected, tolerance: 1e-7), "\(name)")
        }
    }

    @Test func `activations that are layers have Keras' values`() throws {
        let x = RealTensor(Shape([Self.points.count]), Self.points)
        let tanhForm = try output("GELU", ["approximate": .bool(true)], of: [x])
        #expect(
            isClose(
                tanhForm.values,
                [
                    -2.2917961944868281e-07, -0.0150842660899983, -0.1588080093917233, -0.13783883057264382, 0,
                    0.18537092354275922, 0.8411919906082768, 2.4849157339100016, 4.999999770820381, 6.9999999999999964,
                ], tolerance: 1e-12))
        let elu = try output("ELU", ["alpha": .float(0.75)], of: [x])
        #expect(isClose(Array(elu.values[...1]), [-0.7449465397506859, -0.6884362510320758], tolerance: 1e-12))
        #expect(
            isClose(try output("LeakyReLU", of: [x]).values[0...2].map { $0 }, [-1.5, -0.75, -0.3], tolerance: 1e-7))
    }

    /// Above the threshold is more than one element, where Keras up to 3.15.1 is wrong: values of keras-team/keras#23425 and #23469.
    @Test func `sparsemax projects onto the simplex`() throws {
        let examples: [(x: [Double], y: [Double])] = [
            ([0, 0.5, 1], [0, 0.25, 0.75]), ([0.1, 0.2, 0.3, 0.4, 0.5], [0, 0.1, 0.2, 0.3, 0.4]),
            ([0.175, 0, -2], [0.5875, 0.4125, 0]), ([-7, -7], [0.5, 0.5]), ([3, -.infinity], [1, 0]),
        ]
        for (x, y) in examples {
            let found = try output(
                "Activation", ["activation": .string("sparsemax")], of: [RealTensor(Shape([x.count]), x)])
            #expect(isClose(found.values, y, tolerance: 1e-12), "\(x)")
        }
        for x: [Double] in [[1, .infinity], [1, .nan], [-.infinity, -.infinity]] {
            let found = try output("Activation", ["activation": .string("sparsemax")], of: [RealTensor(Shape([2]), x)])
            #expect(found.values.allSatisfy { $0.isNaN }, "\(x)")
        }
    }

    /// What moves by no more than the bounds that come in moves the result by no more than its own, and what lies far below the
    /// threshold is exactly zero.
    @Test func `sparsemax's bound holds and is zero far below the threshold`() throws {
        let shape = Shape([9])
        let layer = try makeLayer("Activation", ["activation": .string("sparsemax")])
        for round in 0..<200 {
            let x = random(shape, "x\(round)")
            let bound = random(shape, "bound\(round)", 0, 0.3)
            let sign = random(shape, "sign\(round)")
            let exact = layer.evaluate([x], bounds: [bound], [])
            let moved = x.zip(bound.zip(sign) { $1 < 0 ? -$0 : $0 }, +)
            let distances = exact.outputs[0].zip(layer.reference([moved], [])[0]) { abs($0 - $1) }
            #expect(zip(distances.values, exact.bounds[0].values).allSatisfy { $0 <= $1 })
        }
        let three = Shape([3])
        let far = layer.evaluate([RealTensor(three, [5, 4.5, 2])], bounds: [RealTensor(three, [0.1, 0.1, 0.1])], [])
        #expect(far.bounds[0].values[2] < 1e-37 && far.bounds[0].values[0] > 0.19)
    }

    /// Where Keras' own formulae have no value, at −∞, neither have these.
    @Test func `functions that approach zero have Keras' values far to the left`() throws {
        let x = RealTensor(Shape([3]), [-200, -1e30, -.infinity])
        for name in ["gelu", "silu", "hard_silu", "mish"] {
            let y = try output("Activation", ["activation": .string(name)], of: [x])
            #expect(y.values[..<2].allSatisfy { $0 <= 0 && $0 > -1e-80 } && y.values[2].isNaN, "\(name) \(y.values)")
        }
        let elu = try output("Activation", ["activation": .string("elu")], of: [x])
        #expect(elu.values == [-1, -1, -1])
    }

    /// The series and the difference meet at 0.1; below, x³/3 is all there is.
    @Test func `the shrinking tangent is exact near zero`() throws {
        let x = RealTensor(Shape([4]), [1e-6, -1e-3, 0.0999999, 0.1000001])
        let y = try output("Activation", ["activation": .string("tanh_shrink")], of: [x]).values
        #expect(abs(y[0] / (1e-18 / 3) - 1) < 1e-11 && abs(y[1] / (-1e-9 / 3) - 1) < 1e-6)
        #expect(abs(y[2] / 3.320071e-4 - 1) < 1e-5 && abs((y[3] - y[2]) / (2e-7 * 0.009934) - 1) < 1e-3)
    }

    @Test func `every function of keras.ops is one of the IR`() {
        #expect(ElementaryFunction.allCases.map(\.rawValue) == elementaryFunctionNames)
    }

    /// Next to a pole, and where a domain ends, the bound says that nothing is known.
    @Test func `bounds are sound where functions are steep, jump or end`() throws {
        func bound(_ name: String, _ z: Double, _ bound: Double) throws -> Double {
            let layer = try makeLayer("Activation", ["activation": .string(name)])
            let shape = Shape([1])
            return layer.evaluate([RealTensor(shape, [z])], bounds: [RealTensor(shape, [bound])], []).bounds[0].values[
                0]
        }
        #expect(try bound("reciprocal", 0.001, 0.01) == .infinity)
        #expect(try bound("reciprocal", 0.02, 0.01) > 50 && bound("reciprocal", 0.02, 0.01) < 51)
        #expect(try bound("tan", 1.57, 0.01) == .infinity)
        #expect(try bound("tan", 1.5, 0.01) < 3)
        #expect(try bound("sqrt", 0.001, 0.01) == .infinity)
        #expect(try bound("sqrt", -1, 0.01) == 0)
        #expect(try bound("log", 1, 0.01) < 0.02)
        #expect(try bound("floor", 2.999, 0.01) > 0.99)
        #expect(try bound("sign", -0.001, 0.01) > 1.99)
        #expect(try bound("round", 2.4, 0.01) < 1e-5)
        #expect(try bound("cos", 0.5, 9) <= 2.001)
        #expect(try bound("arcsin", 0.999, 0.01) == .infinity)
    }

    @Test func `NaN passes through every activation`() throws {
        let x = RealTensor(Shape([1]), [.nan])
        for name in activationNames + elementaryFunctionNames {
            let y = try output("Activation", ["activation": .string(name)], of: [x])
            #expect(y.values[0].isNaN, "\(name)")
        }
    }
}
