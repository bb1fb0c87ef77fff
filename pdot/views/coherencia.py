"""Coherencia de los planes de un grupo: matriz, red vertical, contradicciones y consolidado."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from acompanamiento.models import Grupo
from territorios.jurisdiccion import Permiso, exige
from territorios.models import Gad
from territorios.views.documentos import entregar_documento

from ..arbol_red import arbol_de
from ..coherencia import filas_de_grupo, matriz_de_grupo
from ..contradicciones import REGLAS, lectura_de
from ..cuadro import SIN, VALORES, componentes_de, cuadro_de
from ..documentos_coherencia import consolidado_de_grupo
from ..escalones import NIVELES
from ..forms_coherencia import FiltroCuadro, FiltroDichos, FiltroRed
from ..mapa_red import mapa_de_red
from ..models import Pregunta
from ..red import red_de_grupo
from ..trazo_red import leyenda


@exige(Permiso.VER_EVALUACIONES)
def matriz(request, pk):
    grupo = _grupo(request, pk)
    matriz = matriz_de_grupo(grupo, request.user)
    filtro = FiltroCuadro(request.GET, preguntas=matriz.preguntas)
    contexto = _contexto(request, grupo, "matriz") | {"filtro": filtro, "matriz": matriz}
    if not filtro.is_valid():
        return render(request, "pdot/coherencia/matriz.html", contexto, status=400)
    red = red_de_grupo(matriz.filas)
    entero = cuadro_de(matriz)
    contexto |= {
        "cuadro": cuadro_de(matriz, filtro.cleaned_data) if filtro.puestos else entero,
        "propio": cuadro_de(matriz, filtro.cleaned_data, matriz.propias),
        "componentes": componentes_de(entero),
        "red": red,
        "faltan": [fila for fila in matriz.filas if not fila.esta_aprobada],
        # Lo que cada cuenta lleva consigo, para que su página enseñe justo lo que cuenta.
        "de_columna": filtro.consulta(seccion="", componente="", criterio="", respuesta=""),
        "de_renglon": filtro.consulta(nivel="", respuesta=""),
        "de_todo": filtro.consulta(respuesta=""),
    }
    return render(request, "pdot/coherencia/matriz.html", contexto)


@exige(Permiso.VER_EVALUACIONES)
def pregunta(request, pk, codigo):
    """Quién respondió qué a una pregunta, con su justificación entera."""
    grupo = _grupo(request, pk)
    matriz = matriz_de_grupo(grupo, request.user)
    pregunta = next((p for p in matriz.preguntas if p.codigo == codigo), None)
    pregunta = pregunta or _de_otro_instrumento(codigo)
    filtro = FiltroCuadro(request.GET, preguntas=matriz.preguntas)
    contexto = _contexto(request, grupo, "matriz", (pregunta.codigo, None))
    contexto |= {"filtro": filtro, "pregunta": pregunta}
    if not filtro.is_valid():
        return render(request, "pdot/coherencia/pregunta.html", contexto, status=400)
    elegido = {"nivel": filtro.cleaned_data["nivel"], "pregunta": codigo}
    respuesta = filtro.cleaned_data["respuesta"]
    contexto |= {
        "cuenta": cuadro_de(matriz, elegido).total,
        "renglones": cuadro_de(matriz, elegido | {"respuesta": respuesta}).renglones,
        "respuesta": VALORES.get(respuesta, ""),
        "nivel": NIVELES.get(elegido["nivel"], ""),
    }
    return render(request, "pdot/coherencia/pregunta.html", contexto)


@exige(Permiso.VER_EVALUACIONES)
def miembro(request, pk, codigo):
    """Todo lo que un miembro respondió, y lo que dijo de los planes de arriba."""
    grupo = _grupo(request, pk)
    matriz = matriz_de_grupo(grupo, request.user)
    fila = next((fila for fila in matriz.filas if fila.gad.pk == codigo), None)
    if fila is None:
        raise Http404
    filtro = FiltroCuadro(request.GET, preguntas=matriz.preguntas)
    contexto = _contexto(request, grupo, "matriz", (fila.gad.nombre, None))
    contexto |= {"filtro": filtro, "fila": fila}
    if not filtro.is_valid():
        return render(request, "pdot/coherencia/miembro.html", contexto, status=400)
    del_gad = filtro.cleaned_data | {"nivel": ""}
    filas = [fila] if fila.respondidas else []
    red = red_de_grupo(matriz.filas)
    contexto |= {
        "cuenta": cuadro_de(matriz, del_gad | {"respuesta": ""}, filas).total,
        "renglones": cuadro_de(matriz, del_gad, filas).renglones,
        "aristas": [a for a in red.aristas if codigo in (a.de.gad.pk, a.con.gad.pk)],
    }
    return render(request, "pdot/coherencia/miembro.html", contexto)


@exige(Permiso.VER_EVALUACIONES)
def red(request, pk):
    grupo = _grupo(request, pk)
    red = red_de_grupo(filas_de_grupo(grupo, request.user))
    filtro = FiltroRed(request.GET)
    contexto = _contexto(request, grupo, "red") | {"filtro": filtro, "red": red}
    if not filtro.is_valid():
        return render(request, "pdot/coherencia/red.html", contexto, status=400)
    contexto |= {
        "mapa": mapa_de_red(red),
        "ramas": arbol_de(red),
        "leyenda": leyenda(),
        "aristas": [a for a in red.aristas if _pasa(a, filtro.cleaned_data)],
    }
    return render(request, "pdot/coherencia/red.html", contexto)


@exige(Permiso.VER_EVALUACIONES)
def contradicciones(request, pk):
    grupo = _grupo(request, pk)
    filas = filas_de_grupo(grupo, request.user)
    red = red_de_grupo(filas)
    gads = [(codigo, nodo.nombre) for codigo, nodo in red.nodos.items()]
    filtro = FiltroDichos(request.GET, listas={"gad": gads})
    contexto = _contexto(request, grupo, "contradicciones") | {"filtro": filtro, "red": red}
    if not filtro.is_valid():
        return render(request, "pdot/coherencia/contradicciones.html", contexto, status=400)
    que = filtro.cleaned_data["que"]
    contexto |= {
        "lectura": lectura_de(red, filas, filtro.cleaned_data["gad"]),
        "muestra": {parte: que in ("", parte) for parte, _ in FiltroDichos.PARTES},
        "reglas": REGLAS.values(),
    }
    return render(request, "pdot/coherencia/contradicciones.html", contexto)


@exige(Permiso.DESCARGAR_INFORMES)
def consolidado_pdf(request, pk):
    grupo = _grupo(request, pk)
    return entregar_documento(request, consolidado_de_grupo(grupo, request.user))


def _grupo(request, pk):
    visibles = Grupo.objects.visibles_para(request.user).select_related(
        "estrategia", "criterio", "sede__padre", "zona"
    )
    return get_object_or_404(visibles, pk=pk)


def _contexto(request, grupo, parte, *pasos):
    raiz = reverse("pdot:coherencia", args=[grupo.pk])
    return {
        "lugar": "pdot",
        "migas": [
            ("Inicio", reverse("inicio")),
            ("Acompañamiento", reverse("acompanamiento:inicio")),
            (f"Grupo {grupo.numero}", grupo.get_absolute_url()),
            ("Coherencia", raiz if pasos or parte != "matriz" else None),
            *(pasos or ([(PARTES[parte], None)] if parte != "matriz" else [])),
        ],
        "grupo": grupo,
        "pagina_de_grupo": "coherencia",
        "parte": parte,
        "raiz": raiz,
        "de_la_red": reverse("pdot:red", args=[grupo.pk]),
        "sin": SIN,
        "puede_descargar": request.user.puede(Permiso.DESCARGAR_INFORMES),
    }


PARTES = {"red": "Red vertical", "contradicciones": "Concordancias y contradicciones"}


def _de_otro_instrumento(codigo):
    """La pregunta de escala con ese código de lo publicado, aunque nadie del grupo la responda."""
    publicadas = Pregunta.objects.filter(
        codigo=codigo, tipo=Pregunta.Tipo.ESCALA, seccion__instrumento__publicado=True
    )
    hallada = publicadas.select_related("seccion").order_by("-seccion__instrumento__numero").first()
    if hallada is None:
        raise Http404
    return hallada


def _pasa(arista, filtro):
    nivel = filtro["nivel"]
    es_del_nivel = not nivel or arista.de.gad.nivel in Gad.NIVELES_DE[nivel]
    return es_del_nivel and filtro["vinculo"] in ("", arista.estado)
