"""Lo que varias secciones leen igual: los grupos que cuentan, sus miembros y lo aprobado."""

from acompanamiento.models import Grupo
from pdot.coherencia import Matriz, matrices_de, miembros_por_grupo
from pdot.documentos import leidas_de
from talleres.models import Encuentro


def grupos_de(alcance):
    """Los grupos conformados del alcance: los propuestos y cancelados no dan resultados."""
    conformados = Grupo.objects.filter(pk__in=alcance.grupos.order_by().values("pk")).conformados()
    con_todo = conformados.select_related("criterio", "sede", "zona", "estrategia")
    return list(con_todo.order_by("numero"))


def encuentros_de(alcance):
    """QuerySet de los encuentros del alcance que no se cancelaron, cada uno una vez."""
    suyos = Encuentro.objects.filter(pk__in=alcance.encuentros.order_by().values("pk"))
    return suyos.exclude(estado=Encuentro.Estado.CANCELADO)


def miembros_de(grupos):
    """{grupo: [GAD]}, de la provincia a la parroquia."""
    return miembros_por_grupo(grupos)


def sin_repetir(miembros):
    """Los GAD de todos los grupos, cada uno una vez: una provincia suele estar en varios."""
    gads = {gad.pk: gad for suyos in miembros.values() for gad in suyos}
    return [gads[codigo] for codigo in sorted(gads, key=lambda codigo: (len(codigo), codigo))]


def aprobado_de(miembros, usuario):
    """({grupo: Matriz}, {GAD: EvaluacionLeida}) de lo aprobado que ve. Seis consultas."""
    matrices = matrices_de(miembros, usuario)
    filas = [fila for matriz in matrices.values() for fila in matriz.filas]
    return matrices, {leida.gad.pk: leida for leida in leidas_de(Matriz([], filas))}
