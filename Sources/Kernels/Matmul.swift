import IR
import Target

/// `y = a·b` for each of a number of matrices of dense rows; a and b are as many, or one for all.
package func matmulKernel(
    rows: Int, depth: Int, columns: Int, aMatrices: Int, bMatrices: Int, target: Target
) -> KernelInstance {
    let matrices = max(aMatrices, bMatrices)
    precondition([1, matrices].contains(aMatrices) && [1, matrices].contains(bMatrices), "as many matrices, or one")
    let lanes = target.lanes
    let whole = (columns + lanes - 1) / lanes
    let register = target.registerTiles.first { $0.vectors <= whole } ?? target.registerTiles.last!
    let size = BalancedCut(rows, atMost: register.pixels).size
    let tiles = (rows + size - 1) / size
    let columnTiles = (whole - 1) / register.vectors
    return KernelInstance(
        template: "matmul",
        constants: [
            ("DEPTH", .int(depth)), ("COLUMNS", .int(columns)),
            ("X_MATRIX", .int(aMatrices == 1 ? 0 : rows * depth)),
            ("X2_MATRIX", .int(bMatrices == 1 ? 0 : depth * columns)), ("Y_MATRIX", .int(rows * columns)),
            ("TILES", .int(tiles)), ("TILE_ROWS", .int(size)), ("LAST_ROWS", .int(rows - (tiles - 1) * size)),
            ("COLUMN_TILES", .int(columnTiles)), ("TILE_VECTORS", .int(register.vectors)),
            ("LAST_VECTORS", .int(whole - columnTiles * register.vectors)),
            ("LAST_LANES", .int(columns - (whole - 1) * lanes)),
        ], items: matrices * tiles, choice: "tiles of \(size) rows and \(register.vectors * lanes) columns")
}
