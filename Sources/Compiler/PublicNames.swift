/// A tensor's name as part of a C identifier: other characters become `_`.
package func cName(_ name: String) -> String {
    String(
        name.unicodeScalars.map { scalar in
            switch scalar {
            case "A"..."Z", "a"..."z", "0"..."9", "_": Character(scalar)
            default: "_"
            }
        })
}
