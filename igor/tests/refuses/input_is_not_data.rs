struct Row;

#[igor::action("import")]
async fn import(rows: igor::Input<Row>) {
    drop(rows);
}

fn main() {}
