import Diagnostics

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension Evaluator {
    /// `left operator right` on numbers, strings, lists, tuples and tensors.
    mutating func combine(
        _ left: Value, _ update: BinaryOperator, _ right: Value, at range: SourceRange, operatorRange: SourceRange
    ) throws(Halt) -> Value {
        switch (left, right) {
        case (.error, _), (_, .error):
            if left.isTensor || right.isTensor { current = .failed }
            return .error
        case (.tensor, _), (_, .tensor): return try combineTensors(left, update, right, at: range)
        case (.string(let a), .string(let b)) where update == .add: return try joined(a, b, at: range)
        case (.string(let format), _) where update == .modulo: return try formatPercent(format, right, at: range)
        case (.string(let text), let count) where update == .multiply && count.isInteger,
            (let count, .string(let text)) where update == .multiply && count.isInteger:
            return try repeated(text, count.integer!, at: range)
        case (.list(let a), .list(let b)) where update == .add:
            try checkCount(a.elements.count + b.elements.count, at: range)
            try charge(a.elements.count + b.elements.count, at: range)
            return .list(a.elements + b.elements)
        case (.tuple(let a), .tuple(let b)) where update == .add:
            try checkCount(a.elements.count + b.elements.count, at: range)
            try charge(a.elements.count + b.elements.count, at: range)
            return .tuple(a.elements + b.elements)
        case (.list(let a), let count) where update == .multiply && count.isInteger,
            (let count, .list(let a)) where update == .multiply && count.isInteger:
            return .list(try repeated(a.elements, count.integer!, at: range))
        case (.tuple(let a), let count) where update == .multiply && count.isInteger,
            (let count, .tuple(let a)) where update == .multiply && count.isInteger:
            return .tuple(try repeated(a.elements, count.integer!, at: range))
        default: break
        }
        if let a = left.integer, let b = right.integer { return combineIntegers(a, update, b, at: range) }
        if let a = left.number, let b = right.number { return combineFloats(a, update, b, at: range) }
        return fail(mismatch(left, update, right), at: range)
    }

    private func mismatch(_ left: Value, _ update: BinaryOperator, _ right: Value) -> String {
        if left.isNone || right.isNone, left.number != nil || right.number != nil {
            return "'\(update.rawValue)' with None, which stands for a size that is not known here (the batch)"
        }
        return "'\(update.rawValue)' does not combine \(left.kindName) and \(right.kindName)"
    }

    private mutating func joined(_ a: String, _ b: String, at range: SourceRange) throws(Halt) -> Value {
        try checkString(a.utf8.count + b.utf8.count, at: range)
        return .string(a + b)
    }

    private mutating func repeated(_ text: String, _ count: Int, at range: SourceRange) throws(Halt) -> Value {
        let (size, overflow) = text.utf8.count.multipliedReportingOverflow(by: max(0, count))
        try checkString(overflow ? Int.max : size, at: range)
        return .string(text.isEmpty ? "" : String(repeating: text, count: max(0, count)))
    }

    private mutating func repeated(_ elements: [Value], _ count: Int, at range: SourceRange) throws(Halt) -> [Value] {
        let (size, overflow) = elements.count.multipliedReportingOverflow(by: max(0, count))
        try checkCount(overflow ? Int.max : size, at: range)
        try charge(size, at: range)
        if elements.isEmpty { return [] }
        return Array(repeatElement(elements, count: max(0, count)).joined())
    }

    /// Counts the work of making a string, and limits its size.
    mutating func checkString(_ bytes: Int, at range: SourceRange) throws(Halt) {
        if bytes > Limit.stringBytes { throw halt("a string of more than \(Limit.stringBytes) bytes", at: range) }
        try charge(bytes / 16 + 1, at: range)
    }

    // MARK: Integers

    private mutating func combineIntegers(_ a: Int, _ update: BinaryOperator, _ b: Int, at range: SourceRange) -> Value
    {
        let result: (partialValue: Int, overflow: Bool)
        switch update {
        case .add: result = a.addingReportingOverflow(b)
        case .subtract: result = a.subtractingReportingOverflow(b)
        case .multiply: result = a.multipliedReportingOverflow(by: b)
        case .divide:
            if b == 0 { return fail("division by zero", at: range) }
            return .float(quotient(a, b))
        case .floorDivide, .modulo:
            if b == 0 { return fail("division by zero", at: range) }
            if b == -1 {
                result = update == .modulo ? (0, false) : Int.zero.subtractingReportingOverflow(a)
            } else {
                let remainder = a % b
                let isAway = remainder != 0 && (remainder < 0) != (b < 0)
                result = (update == .modulo ? remainder + (isAway ? b : 0) : a / b - (isAway ? 1 : 0), false)
            }
        case .power:
            if b < 0 {
                if a == 0 { return fail("division by zero: 0 to a negative power", at: range) }
                return .float(pow(Double(a), Double(b)))
            }
            guard let value = power(a, b) else { return overflow(at: range) }
            return .int(value)
        }
        return result.overflow ? overflow(at: range) : .int(result.partialValue)
    }

    private mutating func overflow(at range: SourceRange) -> Value {
        fail("the result does not fit 64 bits", at: range)
    }

    /// The quotient rounded once, as Python's.
    private func quotient(_ a: Int, _ b: Int) -> Double {
        let exact = 1 << 53
        if a.magnitude <= exact, b.magnitude <= exact { return Double(a) / Double(b) }
        let (whole, rest) = a.quotientAndRemainder(dividingBy: b == -1 ? 1 : b)
        if b == -1 { return -Double(a) }
        if whole.magnitude <= exact { return Double(whole) + Double(rest) / Double(b) }
        return Double(a) / Double(b)
    }

    private func power(_ base: Int, _ exponent: Int) -> Int? {
        var result = 1
        var square = base
        var rest = exponent
        while rest > 0 {
            if rest & 1 == 1 {
                let (product, overflow) = result.multipliedReportingOverflow(by: square)
                if overflow { return nil }
                result = product
            }
            rest >>= 1
            if rest == 0 { break }
            let (product, overflow) = square.multipliedReportingOverflow(by: square)
            if overflow { return nil }
            square = product
        }
        return result
    }

    // MARK: Floats

    private mutating func combineFloats(_ a: Double, _ update: BinaryOperator, _ b: Double, at range: SourceRange)
        -> Value
    {
        switch update {
        case .add: return .float(a + b)
        case .subtract: return .float(a - b)
        case .multiply: return .float(a * b)
        case .divide:
            return b == 0 ? fail("division by zero", at: range) : .float(a / b)
        case .floorDivide, .modulo:
            if b == 0 { return fail("division by zero", at: range) }
            let (whole, rest) = floorDivision(a, b)
            return .float(update == .modulo ? rest : whole)
        case .power:
            if a == 0, b < 0 { return fail("division by zero: 0 to a negative power", at: range) }
            if a < 0, b.isFinite, b != b.rounded(.towardZero) {
                return fail("a root of a negative number is not a real number", at: range)
            }
            let result = pow(a, b)
            if result.isInfinite, a.isFinite, b.isFinite {
                return fail("the power is too large for a float", at: range)
            }
            return .float(result)
        }
    }

    /// Python's `divmod` of floats: the remainder has the divisor's sign.
    private func floorDivision(_ a: Double, _ b: Double) -> (whole: Double, rest: Double) {
        var rest = a.truncatingRemainder(dividingBy: b)
        var whole = (a - rest) / b
        if rest != 0 {
            if (b < 0) != (rest < 0) {
                rest += b
                whole -= 1
            }
        } else {
            rest = b < 0 ? -0.0 : 0.0
        }
        if whole != 0 {
            let floor = whole.rounded(.down)
            whole = whole - floor > 0.5 ? floor + 1 : floor
        } else {
            whole = (a / b).sign == .minus ? -0.0 : 0.0
        }
        return (whole, rest)
    }

    mutating func negate(_ value: Value, at range: SourceRange) throws(Halt) -> Value {
        if let integer = value.integer {
            let (result, overflows) = Int.zero.subtractingReportingOverflow(integer)
            return overflows ? overflow(at: range) : .int(result)
        }
        switch value {
        case .float(let value): return .float(-value)
        case .error: return .error
        case .tensor: return try combineTensors(value, .multiply, .int(-1), at: range)
        default: return fail("'-' wants a number, found \(value.kindName)", at: range)
        }
    }

    // MARK: Tensors

    private mutating func combineTensors(
        _ left: Value, _ update: BinaryOperator, _ right: Value, at range: SourceRange
    ) throws(Halt) -> Value {
        try charge(10, at: range)
        guard let a = operand(left), let b = operand(right) else {
            let other = left.isTensor ? right : left
            // What failed to be constructed has been reported.
            if case .layer(let layer) = other, layer.handle == nil { return failTensor() }
            _ = fail("'\(update.rawValue)' does not combine a tensor and \(other.kindName)", at: range)
            return failTensor()
        }
        switch update {
        case .add, .subtract, .multiply: break
        case .divide:
            if case .number(0) = b {
                _ = fail("division by zero", at: range)
                return failTensor()
            }
        case .power:
            if case .number = a {
                _ = fail(
                    "'**' wants a tensor on its left; 'Activation(exponential)' is e to the power of one", at: range)
                return failTensor()
            }
        case .floorDivide, .modulo:
            _ = fail("'\(update.rawValue)' does not apply to tensors; '+', '-', '*', '/' and '**' do", at: range)
            return failTensor()
        }
        applications += 1
        let here = site(range, trail: trail)
        guard let result = elaborator.arithmetic(update.rawValue, a, b, at: here, log: &log) else {
            return failTensor()
        }
        return setCurrent([result], at: range)
    }

    private func operand(_ value: Value) -> Operand? {
        if case .tensor(let tensor) = value { return .tensor(tensor) }
        return value.number.map { .number($0) }
    }
}

extension Value {
    var isTensor: Bool {
        if case .tensor = self { return true }
        return false
    }

    /// An integer or boolean as an integer, as in Python.
    var integer: Int? {
        switch self {
        case .int(let value): value
        case .bool(let value): value ? 1 : 0
        default: nil
        }
    }

    var isInteger: Bool { integer != nil }

    /// A number as a float.
    var number: Double? {
        if case .float(let value) = self { return value }
        return integer.map { Double($0) }
    }

    var isNumber: Bool { number != nil }

    /// A boolean as the integer that it is in arithmetic.
    var asNumber: Value { integer.map { .int($0) } ?? self }
}
