/// The candidate that `name` was probably meant to be, by edit distance without regard to case; `nil` where none is close.
public func closestMatch(to name: String, among candidates: some Sequence<String>) -> String? {
    let wanted = Array(name.lowercased().unicodeScalars)
    guard !wanted.isEmpty, wanted.count <= 64 else { return nil }
    let limit = max(1, wanted.count / 3)
    var best: (distance: Int, name: String)?
    for candidate in candidates where candidate != name {
        let letters = Array(candidate.lowercased().unicodeScalars)
        guard abs(letters.count - wanted.count) <= limit else { continue }
        let distance = editDistance(wanted, letters)
        // A name of one or two letters resembles everything: only its case or order may differ.
        guard distance <= limit, distance < wanted.count, wanted.count > 2 || distance == 0 else { continue }
        if best == nil || (distance, candidate) < (best!.distance, best!.name) { best = (distance, candidate) }
    }
    return best?.name
}

/// `; did you mean 'X'?`, ready to be appended to a message, or nothing where no candidate is close.
public func suggestion(for name: String, among candidates: some Sequence<String>) -> String {
    closestMatch(to: name, among: candidates).map { "; did you mean '\($0)'?" } ?? ""
}

/// Insertions, deletions, substitutions and swaps of neighbours that turn one text into the other.
private func editDistance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    var before = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in a.indices {
        var row = [i + 1] + [Int](repeating: 0, count: b.count)
        for j in b.indices {
            let substituted = last[j] + (a[i] == b[j] ? 0 : 1)
            row[j + 1] = min(last[j + 1] + 1, row[j] + 1, substituted)
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { row[j + 1] = min(row[j + 1], before[j - 1] + 1) }
        }
        (before, last) = (last, row)
    }
    return last[b.count]
}
