module document

go 1.19
