import Compiler

// Two networks of equal shapes, so that their kernels have equal names, whose answers to ones are known: every output is a sum of
// 3·3·3 ones, plus 1 and clipped at 27.5 in the second. Code or weights taken from the other give another number.

/// Answers 27 everywhere.
func firstModel(_ form: WeightsForm = .incbin, cpu: String = "baseline") throws -> CompiledModel {
    try compiled(
        """
        image = Input((6, 6, 3), name=image)
        sums = Conv2D(8, 3, kernel_initializer=ones)(image)
        Output(sums)
        """, name: "first", cpu: cpu, weights: form, testWeights: false)
}

/// Answers 27.5 everywhere.
func secondModel(_ form: WeightsForm = .incbin, cpu: String = "baseline") throws -> CompiledModel {
    try compiled(
        """
        image = Input((6, 6, 3), name=image)
        sums = ReLU(27.5)(Conv2D(8, 3, kernel_initializer=ones, bias_initializer=ones)(image))
        Output(sums)
        """, name: "second", cpu: cpu, weights: form, testWeights: false)
}

/// A C program that runs models on ones in both forms and prints the number that each answers everywhere.
func program(_ names: [String], hosted: Bool = true) -> String {
    let includes = names.map { "#include \"\($0).h\"\n" }.joined()
    let runs = names.map { name in
        let id = name.uppercased()
        let run = """
                \(name) *model = \(name)_create(2);
                if (!model || \(name)_run(model, in, out) != NETC_OK) return 3;
                \(name)_destroy(model);
                for (int i = 0; i < \(id)_SUMS_LENGTH; i++) if (out[i] != answer) return 4;
            """
        return """
                {
                    static float in[\(id)_IMAGE_LENGTH], out[\(id)_SUMS_LENGTH];
                    static _Alignas(64) char workspace[\(id)_WORKSPACE_BYTES];
                    for (int i = 0; i < \(id)_IMAGE_LENGTH; i++) in[i] = 1;
                    if (\(name)_invoke(in, out, workspace) != NETC_OK) return 1;
                    float answer = out[0];
                    for (int i = 0; i < \(id)_SUMS_LENGTH; i++) if (out[i] != answer) return 2;
                \(hosted ? run : "")
                    printf("\(name) %g\\n", (double)answer);
                }
            """
    }.joined(separator: "\n")
    return "\(includes)#include <stdio.h>\n\nint main(void) {\n\(runs)\n    return 0;\n}\n"
}
