"""Lo que sirve para armar consultas en cualquier app."""

from django.db.models import IntegerField, Subquery


class Cuantas(Subquery):
    """Cuántas filas tiene una consulta, para decirlo o contar varias en una sola ida a la base."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) cuenta)"
    output_field = IntegerField()
