/** x of matrix · x = right, by Gaussian elimination with partial pivoting. */
export function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  const size = rows.length;
  for (let i = 0; i < size; i++) {
    const below = rows.slice(i).map((row) => Math.abs(row[i]!));
    const pivot = i + below.indexOf(Math.max(...below));
    [rows[i], rows[pivot]] = [rows[pivot]!, rows[i]!];
    const row = rows[i]!;
    for (const other of rows) {
      if (other === row) continue;
      const factor = other[i]! / row[i]!;
      for (let j = i; j <= size; j++) other[j]! -= factor * row[j]!;
    }
  }
  return rows.map((row, i) => row[size]! / row[i]!);
}
