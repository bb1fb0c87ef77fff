"""Las secciones del informe, en el orden del documento: las de la fuente y, al final, los anexos."""

ORDEN = ()
