"""El método: objetivos, ejes, momentos con sus temas y preguntas guía, y quién puso qué."""

from django.db.models import Count

from acompanamiento.models import ElementoEstrategia
from talleres.documentos_cronograma import insumos_de
from talleres.models import Encuentro, Facilitacion

from .secciones import Seccion

Tipo, Estado = Encuentro.Tipo, Encuentro.Estado
MOMENTOS = (Tipo.M1, Tipo.M2, Tipo.M3)


def contexto(alcance):
    por_tipo = elementos_de(alcance.estrategia)
    return {
        "objetivos": por_tipo["objetivo"],
        "ejes": por_tipo["eje"],
        "momentos": _momentos(alcance, por_tipo["momento"]),
        "partes": _partes(alcance),
    }


def elementos_de(estrategia):
    """{tipo: [elementos del marco]}, con todos los tipos. Una consulta."""
    por_tipo = {tipo: [] for tipo in ElementoEstrategia.Tipo.values}
    for elemento in estrategia.elementos.order_by("orden"):
        por_tipo[elemento.tipo].append(elemento)
    return por_tipo


def _momentos(alcance, elementos):
    """[(nombre, texto, realizados, programados, columnas de insumos y preguntas)] de los tres."""
    textos = {f"M{elemento.orden}": elemento for elemento in elementos}
    cuentas = _contar(alcance.encuentros)
    return [
        {
            "nombre": textos[tipo].nombre if tipo in textos else tipo.label,
            "texto": textos[tipo].texto if tipo in textos else "",
            "realizados": cuentas.get((tipo, Estado.REALIZADO), 0),
            "total": sum(n for (cual, estado), n in cuentas.items() if cual == tipo),
            "columnas": insumos_de({tipo}),
        }
        for tipo in MOMENTOS
    ]


def _contar(encuentros):
    vivos = encuentros.exclude(estado=Estado.CANCELADO).order_by()
    filas = vivos.values_list("tipo", "estado").annotate(Count("pk"))
    return {(tipo, estado): cuantos for tipo, estado, cuantos in filas}


def _partes(alcance):
    """[(papel, [(entidad, en cuántos encuentros)])]: quién facilitó y quién acompañó."""
    filas = (
        Facilitacion.objects.filter(
            encuentro__in=alcance.encuentros.filter(estado=Estado.REALIZADO).values("pk")
        )
        .order_by()
        .values_list("papel", "entidad__nombre")
        .annotate(cuantos=Count("encuentro"))
        .order_by("-cuantos", "entidad__nombre")
    )
    partes = {papel: [] for papel in Facilitacion.Papel}
    for papel, nombre, cuantos in filas:
        partes[papel].append((nombre, cuantos))
    return [(papel.label, suyas) for papel, suyas in partes.items() if suyas]


SECCION = Seccion("metodo", "Objetivos y método", "pdot/informe/metodo.html", contexto)
