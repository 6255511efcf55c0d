import Network
import Testing

/// Which elements a tile of Winograd's or Strassen's algorithm computes together, and so share their bound.
@Suite struct OutputTileTests {
    private let row = RealTensor(Shape([1, 7, 1]), [1, 2, 3, 4, 5, 6, 7])

    @Test func `tiles lie side by side, and the last is cut off`() {
        #expect(row.maximumOverTiles(OutputTile(height: 2, width: 2)).values == [2, 2, 4, 4, 6, 6, 7])
        #expect(row.maximumOverTiles(OutputTile(height: 4, width: 4)).values == [4, 4, 4, 4, 7, 7, 7])
    }

    /// Columns 0 2 4 6 are one phase, 1 3 5 the other.
    @Test func `under a dilation a tile takes the pixels of one phase`() {
        let spread = row.maximumOverTiles(OutputTile(height: 2, width: 2, dilationWidth: 2))
        #expect(spread.values == [3, 4, 3, 4, 7, 6, 7])
    }

    @Test func `rows and columns have their own dilation, channels none`() {
        let image = RealTensor(Shape([4, 2, 2]), [1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 9, 8, 0])
        let tiles = image.maximumOverTiles(OutputTile(height: 2, width: 2, dilationHeight: 2))
        #expect(tiles.values == [6, 0, 6, 0, 8, 9, 8, 9, 6, 0, 6, 0, 8, 9, 8, 9])
    }

    /// Pixels 0 1 | 2 3 | 4 across rows, channels 0 2 | 1.
    @Test func `runs take pixels across rows, and channels that agree modulo a number`() {
        let image = RealTensor(Shape([1, 5, 3]), [1, 20, 3, 4, 30, 2, 9, 0, 8, 5, 7, 6, 1, 2, 3])
        let runs = image.maximumOverTiles(OutputTile(runsOf: 2, channelsModulo: 2, inputsModulo: 1))
        #expect(runs.values == [4, 30, 4, 4, 30, 4, 9, 7, 9, 9, 7, 9, 3, 2, 3])
        let higher = RealTensor(Shape([2, 1, 2, 1]), [1, 2, 3, 4])
        #expect(
            higher.maximumOverTiles(OutputTile(runsOf: 3, channelsModulo: 1, inputsModulo: 1)).values == [3, 3, 3, 4])
    }

    /// Input channels 0 2 | 1 3, channels 0 2 | 1: the largest weight of those that are added up.
    @Test func `weights of channels that are added up count as the largest`() {
        let weights = RealTensor(Shape([1, 1, 4, 3]), [1, -2, 3, 4, 5, 6, -9, 7, 8, 0, 1, 2])
        let runs = OutputTile(runsOf: 2, channelsModulo: 2, inputsModulo: 2)
        #expect(runs.magnitudes(ofWeights: weights).values == [9, 7, 9, 6, 5, 6, 9, 7, 9, 6, 5, 6])
        #expect(OutputTile(height: 2, width: 2).magnitudes(ofWeights: weights).values == weights.magnitude.values)
    }

    @Test func `sides may differ, and a sequence is an image of height 1`() {
        let image = RealTensor(Shape([2, 4, 1]), [1, 2, 3, 4, 5, 6, 8, 7])
        #expect(image.maximumOverTiles(OutputTile(height: 1, width: 3)).values == [3, 3, 3, 4, 8, 8, 8, 7])
        #expect(image.maximumOverTiles(OutputTile(height: 2, width: 1)).values == [5, 6, 8, 7, 5, 6, 8, 7])
        let sequence = RealTensor(Shape([4, 1]), [1, 2, 3, 4])
        #expect(sequence.maximumOverTiles(OutputTile(height: 1, width: 3)).values == [3, 3, 3, 4])
    }
}
