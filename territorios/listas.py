"""Traer con cada fila la lista de lo que cuelga de ella, en la misma consulta."""

from django.db.models import Func, JSONField, Subquery


class _Fila(Func):
    function = "jsonb_build_array"
    output_field = JSONField()

    def as_sqlite(self, compiler, connection):
        return self.as_sql(compiler, connection, function="json_array")


class ListaDe(Subquery):
    """Como `list(consulta.values_list(*campos))`, en su orden y en la consulta que la anota.

    Para pocas filas de las que se muestran unos textos: ahorra una consulta a quien ya hace varias.
    Las filas son listas; las fechas llegan como texto ISO y, en SQLite, los booleanos como 0 y 1.
    """

    output_field = JSONField()
    empty_result_set_value = "[]"
    template = "(SELECT COALESCE(jsonb_agg(lista.fila), '[]') FROM (%(subquery)s) lista)"
    de_sqlite = "(SELECT json_group_array(json(lista.fila)) FROM (%(subquery)s) lista)"

    def __init__(self, consulta, *campos):
        super().__init__(consulta.values(fila=_Fila(*campos)))

    def as_sqlite(self, compiler, connection):
        return self.as_sql(compiler, connection, template=self.de_sqlite)
