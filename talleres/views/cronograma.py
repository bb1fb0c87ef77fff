"""El cronograma de una estrategia: por semana (como el Anexo 1), por mes y en lista."""

from functools import partial

from django.db.models import Count, Exists, OuterRef
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from acompanamiento.models import Estrategia, Grupo
from territorios.descargas import descargar, formato_pedido
from territorios.jurisdiccion import Permiso, exige

from ..cronograma import (
    Mes,
    Semana,
    armar_dias,
    armar_mes,
    armar_semana,
    contar_por_mes,
    contar_por_semana,
    semana_que_mostrar,
    tramo_de_lista,
)
from ..filtros import FiltroDeLista
from ..hojas import ENCUENTROS, con_lo_que_se_exporta
from ..models import Encuentro
from ..programa import Programa

POR_LISTA = 50
RUTA = {Semana: "talleres:cronograma", Mes: "talleres:mes"}
PLANTILLA = {
    "semana": "talleres/cronograma.html",
    "mes": "talleres/mes.html",
    "lista": "talleres/lista.html",
}


@exige(Permiso.VER_ACOMPANAMIENTO)
def inicio(request):
    """La semana en curso o la próxima con encuentros; si no hay por venir, la última."""
    por_fecha = _por_fecha(Encuentro.objects.visibles_para(request.user))
    semana = semana_que_mostrar((fecha for _, fecha, _ in por_fecha), timezone.localdate())
    de_la_semana = [clave for clave, fecha, _ in por_fecha if Semana.de(fecha) == semana]
    estrategias = _estrategias(request.user)
    if not estrategias:
        migas = [("Inicio", reverse("inicio")), ("Talleres", None)]
        return render(request, "talleres/vacio.html", {"lugar": "talleres", "migas": migas})
    cercanas = [una for una in estrategias if una.pk in de_la_semana[:1]]
    estrategia = (cercanas or estrategias)[0]
    programa = Programa(request.user, estrategia, request.GET)
    fechas = [(fecha, cuantos) for clave, fecha, cuantos in por_fecha if clave == estrategia.pk]
    return _pagina_de_semana(request, programa, estrategias, semana, fechas)


@exige(Permiso.VER_ACOMPANAMIENTO)
def cronograma(request, estrategia, semana):
    programa, estrategias = programa_de(request, estrategia)
    try:
        semana = Semana.leer(semana)
    except ValueError as error:
        return _no_existe(request, programa, "Esa semana", error)
    return _pagina_de_semana(request, programa, estrategias, semana, _fechas(programa))


@exige(Permiso.VER_ACOMPANAMIENTO)
def mes(request, estrategia, mes):
    programa, estrategias = programa_de(request, estrategia)
    try:
        mes = Mes.leer(mes)
    except ValueError as error:
        return _no_existe(request, programa, "Ese mes", error)
    return _pagina_de_mes(request, programa, estrategias, mes, _fechas(programa))


@exige(Permiso.VER_ACOMPANAMIENTO)
def lista(request, estrategia):
    programa, estrategias = programa_de(request, estrategia, FiltroDeLista)
    if programa.filtro.is_valid() and (formato := formato_pedido(request, ENCUENTROS)):
        elegidos = con_lo_que_se_exporta(programa.de_la_lista(), request.user)
        return descargar(formato, ENCUENTROS, elegidos)
    return pagina_de_lista(request, programa, estrategias)


def programa_de(request, codigo, *clase_de_filtro):
    """(el Programa de la estrategia de ese código, todas las estrategias). 404 si no existe."""
    estrategias = _estrategias(request.user)
    estrategia = next((una for una in estrategias if una.codigo == codigo), None)
    if estrategia is None:
        raise Http404
    return Programa(request.user, estrategia, request.GET, *clase_de_filtro), estrategias


def _no_existe(request, programa, que, error):
    contexto = {
        "lugar": "talleres",
        "que": que,
        "motivo": str(error),
        "estrategia": programa.estrategia,
    }
    return render(request, "talleres/sin_periodo.html", contexto, status=404)


def _por_fecha(encuentros):
    """[(estrategia, fecha, cuántos encuentros)], en orden de fecha."""
    filas = encuentros.order_by("fecha").values_list("estrategia", "fecha")
    return list(filas.annotate(Count("pk")))


def _fechas(programa):
    """[(fecha, cuántos encuentros)] de la estrategia, sin filtros."""
    return [(fecha, cuantos) for _, fecha, cuantos in _por_fecha(programa.visibles)]


def _estrategias(usuario):
    """Todas, con `con_grupos`: si quien entra ve alguno de sus grupos."""
    suyos = Grupo.objects.visibles_para(usuario).filter(estrategia=OuterRef("pk"))
    estrategias = Estrategia.objects.visibles_para(usuario).annotate(con_grupos=Exists(suyos))
    ligeras = estrategias.defer("objetivo_general", "resumen")
    return list(ligeras.select_related("resumen_de_choques"))


# --- Páginas ------------------------------------------------------------------------------------


def _pagina_de_semana(request, programa, estrategias, semana, fechas):
    encuentros, traslados = _entre(programa, semana.lunes, semana.domingo)
    dias = armar_semana(semana, encuentros, traslados) if programa.filtro.is_valid() else []
    contexto = {
        "vista": "semana",
        "titulo": f"Talleres {semana}",
        "ruta": RUTA[Semana],
        "migas": migas_de_talleres(("Cronograma", None)),
        "aqui": _direccion(programa.estrategia, semana),
        "otras": _otras(programa, estrategias, partial(_direccion, periodo=semana)),
        "semana": semana,
        # El mes de una semana es el de su jueves, como su año.
        "mes": Mes.de(semana.dias[3]),
        "pdf_desde": semana.lunes,
        "pdf_hasta": semana.domingo,
        **_vecinos(programa.estrategia, semana.lunes, semana.domingo, semana, fechas),
        "periodos": contar_por_semana(fechas),
        "dias": dias,
    }
    return _pagina(request, programa, contexto, encuentros, traslados, fechas)


def _pagina_de_mes(request, programa, estrategias, mes, fechas):
    encuentros, traslados = _entre(programa, mes.primero, mes.ultimo)
    con_algo = [fecha for fecha, _ in fechas if Mes.de(fecha) == mes]
    contexto = {
        "vista": "mes",
        "titulo": f"Talleres de {mes}",
        "ruta": RUTA[Mes],
        "migas": migas_de_talleres(("Cronograma", None)),
        "aqui": _direccion(programa.estrategia, mes),
        "otras": _otras(programa, estrategias, partial(_direccion, periodo=mes)),
        "mes": mes,
        "semana": Semana.de(con_algo[0] if con_algo else mes.primero),
        "pdf_desde": mes.primero,
        "pdf_hasta": mes.ultimo,
        **_vecinos(programa.estrategia, mes.primero, mes.ultimo, mes, fechas),
        "periodos": contar_por_mes(fechas),
        "semanas_del_mes": armar_mes(mes, encuentros, traslados),
    }
    return _pagina(request, programa, contexto, encuentros, traslados, fechas)


def pagina_de_lista(request, programa, estrategias):
    """La lista, por tramos de días enteros; 400 si el filtro tiene errores."""
    estrategia, filtro = programa.estrategia, programa.filtro
    fechas = programa.por_fecha() if filtro.is_valid() else []
    desde, hasta = (filtro.cleaned_data.get(campo) for campo in ("desde", "hasta"))
    fechas = [par for par in fechas if not hasta or par[0] <= hasta]
    mostradas, anterior, siguiente = tramo_de_lista(fechas, desde, POR_LISTA)
    encuentros, traslados = [], []
    if mostradas:
        fin = hasta or estrategia.hasta
        ultima = mostradas[-1] if siguiente else max(fin, mostradas[-1])
        encuentros, traslados = programa.entre(desde or min(estrategia.desde, mostradas[0]), ultima)
    que_muestra = mostradas or [fecha for fecha, _ in fechas]
    con_algo = {pieza.fecha for pieza in (*encuentros, *traslados)}
    contexto = {
        "vista": "lista",
        "hoja": ENCUENTROS,
        "titulo": "Lista de talleres",
        "migas": migas_de_talleres(("Cronograma", None)),
        "aqui": _direccion_de_lista(estrategia),
        "otras": _otras(programa, estrategias, _direccion_de_lista),
        "semana": semana_que_mostrar(que_muestra, timezone.localdate()),
        "dias": armar_dias(sorted(con_algo), encuentros, traslados),
        "anterior_desde": anterior,
        "siguiente_desde": siguiente,
        "total": sum(cuantos for fecha, cuantos in fechas if not desde or fecha >= desde),
    }
    contexto["mes"] = Mes.de(contexto["semana"].dias[3])
    return _pagina(request, programa, contexto, encuentros, traslados, fechas)


def _entre(programa, desde, hasta):
    return programa.entre(desde, hasta) if programa.filtro.is_valid() else ([], [])


def _pagina(request, programa, contexto, encuentros, traslados, fechas):
    usuario, hoy = request.user, timezone.localdate()
    comun = {
        "lugar": "talleres",
        "estrategia": programa.estrategia,
        "filtro": programa.filtro,
        "cuantos": len(encuentros),
        "traslados": len(traslados),
        "hay_encuentros": bool(fechas),
        "hay_por_venir": any(fecha >= hoy for fecha, _ in fechas),
        "tipos": Encuentro.Tipo.choices,
        "hoy": hoy,
        "choques": _choques_abiertos(usuario, programa.estrategia),
        "puede_editar": usuario.puede(Permiso.EDITAR_ACOMPANAMIENTO),
        "puede_descargar": usuario.puede(Permiso.DESCARGAR_INFORMES),
    }
    estado = 200 if programa.filtro.is_valid() else 400
    return render(request, PLANTILLA[contexto["vista"]], comun | contexto, status=estado)


def _choques_abiertos(usuario, estrategia):
    """Cuántos hay sin aceptar, o None si todavía no se han contado o no se le cuentan."""
    resumen = getattr(estrategia, "resumen_de_choques", None)
    return resumen and resumen.para(usuario)


# --- A dónde se va desde aquí -------------------------------------------------------------------


def _direccion(estrategia, periodo):
    return reverse(RUTA[type(periodo)], args=[estrategia.codigo, periodo.codigo])


def _direccion_de_lista(estrategia):
    return reverse("talleres:lista", args=[estrategia.codigo])


def _vecinos(estrategia, primero, ultimo, periodo, fechas):
    """Los periodos de al lado, sin salirse de la estrategia ni de sus encuentros."""
    inicio = min([estrategia.desde, *(fecha for fecha, _ in fechas)])
    fin = max([estrategia.hasta, *(fecha for fecha, _ in fechas)])
    return {
        "anterior": periodo.anterior if inicio < primero else None,
        "siguiente": periodo.siguiente if ultimo < fin else None,
    }


def _otras(programa, estrategias, direccion):
    """[(estrategia, dirección)] de las demás en que quien entra tiene grupos."""
    otras = [una for una in estrategias if una.con_grupos and una != programa.estrategia]
    return [(otra, direccion(otra)) for otra in sorted(otras, key=lambda otra: otra.nombre)]


def migas_de_talleres(*pasos):
    return [("Inicio", reverse("inicio")), ("Talleres", reverse("talleres:inicio")), *pasos]
